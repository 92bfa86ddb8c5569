/** Names of drivers of network devices that Linux has. if_hardware is free text in captures of other tools, and no other text of it goes out. */
export const LINUX_DRIVERS: ReadonlySet<string> = new Set(
  (
    '8139cp 8139too alx amd-xgbe aqc111 asix at803x ath10k_pci ath11k_pci ath9k atl1c atlantic ax88179_178a bareudp batman_adv bcmgenet ' +
    'be2net bna bnx2 bnx2x bnxt_en bonding bridge brcmfmac can cdc_ether cdc_mbim cdc_ncm cxgb3 cxgb4 dpaa_eth dpaa2-eth dsa dummy ' +
    'e100 e1000 e1000e ena enic enetc fec fm10k forcedeth funeth geneve gianfar gretap gtp gve hinic hinic3 hns3 hsr hv_netvsc i40e ' +
    'i40evf iavf ibmvnic ice idpf ifb igb igbvf igc ionic ip6_vti ip6gre ip6gretap ip6tnl ipip ipoib ipvlan iwlwifi ixgb ixgbe ixgbevf jme l2tp_eth ' +
    'lan743x lan78xx liquidio loopback macb macsec macvlan macvtap mana mlx4_core mlx4_en mlx5_core mlxbf_gige mlxsw_spectrum mt7921e ' +
    'mtk_soc_eth mvneta mvpp2 myri10ge netdevsim netkit netxen_nic nfp niu nlmon octeon_ep octeontx2 pcnet32 pfe ppp qede qlcnic ' +
    'r6040 r8152 r8169 ravb rmnet rndis_host rtl8150 rtw88_8822ce sfc sfc_ef100 sit sky2 skge smsc95xx stmmac st_gmac sungem sunhme team ' +
    'tg3 thunder-nic thunderbolt-net ti_cpsw tsnep tun tap txgbe usbnet vcan veth via-rhine via-velocity virtio_net vlan vmxnet3 vrf vsockmon ' +
    'vti vxcan vxge vxlan wireguard xen_netback xen_netfront xfrm xgene-enet xilinx_emaclite'
  ).split(' '),
);
