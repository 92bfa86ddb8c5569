# SPDX-License-Identifier: MIT
# Called by agent/probe/Makefile: the edge lab's BPF programs, its loader and its traffic.
BUILD ?= ../../build
OBJ   := $(BUILD)/lab
PROBE := $(BUILD)/probe
CLANG ?= clang
WARN  := -Wall -Wextra -Werror
CFLAGS ?= -O2 -g
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)

.PHONY: all
all: $(OBJ)/edge.bpf.o $(OBJ)/pattern.bpf.o $(BUILD)/whither-lab $(BUILD)/whither-traffic

$(OBJ):
	@mkdir -p $@

$(OBJ)/edge.bpf.o: edge/edge.bpf.c edge/edge.h | $(OBJ)
	$(CLANG) -target bpf -mcpu=v3 -std=gnu11 -g -O2 $(WARN) -idirafter /usr/include/$(MULTIARCH) -c $< -o $@

$(OBJ)/pattern.bpf.o: forward/pattern.bpf.c | $(OBJ)
	$(CLANG) -target bpf -mcpu=v3 -std=gnu11 -g -O2 $(WARN) -idirafter /usr/include/$(MULTIARCH) -c $< -o $@

$(BUILD)/whither-lab: edge/loader.c edge/edge.h ../probe/bpf-link.c ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -lbpf -lelf -lz -o $@

$(BUILD)/whither-traffic: edge/traffic.c ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -o $@
