/**
 * The edge lab: two network namespaces and a veth pair between them. On the edge's device an XDP
 * program writes three TLVs in front of every packet and a tcx program adds a fourth; a client talks
 * to the edge over UDP, TCP and ICMP, and the edge answers.
 *
 * A guard process is started first and waits for the end of a pipe that only the lab holds. Stopping
 * the lab and killing it are therefore the same thing: the pipe closes, the namespaces are removed.
 */
import { Child, runCommand } from '../processes.ts';
import { labFiles, type LabFiles } from '../root.ts';
import { EDGE_DEVICE, edgeTopology } from './topology.ts';

/** What both BPF programs noted down about a packet, area bytes as hex. */
export interface EdgeNote {
  readonly trace: string;
  readonly afterXdp: string;
  /** null: it did not get as far as tcx. */
  readonly afterTcx: string | null;
}

export interface EdgeCounts {
  readonly xdp: number;
  readonly tcx: number;
  readonly dropped: number;
}

/** The edge's programs on a device, as arguments of whither-lab. */
export function edgePrograms(device: string): string[] {
  return [`xdp:${device}:edge_xdp`, `ingress:${device}:edge_tcx`];
}

export class EdgeLab {
  readonly netns: string;
  readonly clientNetns: string;
  readonly device = EDGE_DEVICE;
  readonly files: LabFiles;
  readonly #guard: Child;
  #programs: Child | null = null;
  #server: Child | null = null;
  #client: Child | null = null;

  private constructor(files: LabFiles) {
    this.files = files;
    this.netns = `whither-edge-${process.pid}`;
    this.clientNetns = `whither-client-${process.pid}`;
    this.#guard = new Child(files.loader, ['guard', this.netns, this.clientNetns], { detached: true });
  }

  /** Sets everything up but the traffic. When that fails, what was made is removed and the cause thrown. */
  static async start(): Promise<EdgeLab> {
    const lab = new EdgeLab(labFiles());
    try {
      await lab.#setUp();
    } catch (thrown) {
      await lab.stop();
      throw thrown;
    }
    return lab;
  }

  async #setUp(): Promise<void> {
    const { netns, clientNetns, files } = this;
    for (const command of edgeTopology(netns, clientNetns)) await runCommand('ip', command);
    this.#programs = new Child(files.loader, [
      ...['attach', netns, files.programs],
      ...edgePrograms(EDGE_DEVICE),
    ]);
    await this.#programs.line();
  }

  /** Starts the traffic, about `rate` packets a second. */
  async startTraffic(rate: number): Promise<void> {
    this.#server = new Child(this.files.traffic, ['serve', this.netns]);
    await this.#server.line();
    this.#client = new Child(this.files.traffic, ['ask', this.clientNetns, String(rate)]);
  }

  async stopTraffic(): Promise<void> {
    await this.#client?.end();
    await this.#server?.end();
    this.#client = null;
    this.#server = null;
  }

  /** `count` UDP packets from the client as fast as it goes; the edge drops them. */
  async flood(count: number): Promise<void> {
    await runCommand(this.files.traffic, ['flood', this.clientNetns, String(count)]);
  }

  /** What the XDP and tcx programs counted themselves. */
  async counts(): Promise<EdgeCounts> {
    const programs = this.#attached();
    programs.say('counts');
    return JSON.parse(await programs.line()) as EdgeCounts;
  }

  /** What the XDP and tcx programs wrote, the last 65536 packets. */
  async notes(): Promise<EdgeNote[]> {
    const programs = this.#attached();
    programs.say('notes');
    const notes: EdgeNote[] = [];
    for (let line = await programs.line(); line !== ''; line = await programs.line()) {
      notes.push(JSON.parse(line) as EdgeNote);
    }
    return notes;
  }

  #attached(): Child {
    if (this.#programs === null) throw new Error('the lab is not set up');
    return this.#programs;
  }

  /** Resolves when one of the lab's own processes ends, with what it said. */
  async failed(): Promise<string> {
    const own = [this.#programs, this.#server, this.#client].filter((child) => child !== null);
    return Promise.race(own.map(async (child) => child.ended.then(() => child.complaint)));
  }

  /** Removes everything. */
  async stop(): Promise<void> {
    await this.stopTraffic();
    await this.#programs?.finish();
    this.#programs = null;
    await this.#guard.finish();
  }
}
