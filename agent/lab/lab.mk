# SPDX-License-Identifier: MIT
# Called by agent/probe/Makefile: the labs' BPF programs, their loader and their traffic.
BUILD ?= ../../build
OBJ   := $(BUILD)/lab
PROBE := $(BUILD)/probe
CLANG ?= clang
WARN  := -Wall -Wextra -Werror
CFLAGS ?= -O2 -g
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)

SCENARIOS := $(patsubst bpf/%.bpf.c,$(OBJ)/%.bpf.o,$(wildcard bpf/*.bpf.c))
BPF := $(CLANG) -target bpf -mcpu=v3 -std=gnu11 -g -O2 $(WARN) -idirafter /usr/include/$(MULTIARCH)

.PHONY: all
all: $(OBJ)/edge.bpf.o $(OBJ)/pattern.bpf.o $(OBJ)/numbered.bpf.o $(SCENARIOS) $(BUILD)/whither-lab $(BUILD)/whither-traffic $(BUILD)/whither-send \
	$(OBJ)/taps.bpf.o $(OBJ)/taps-cost.bpf.o $(OBJ)/taps-hints.bpf.o $(BUILD)/whither-taps $(BUILD)/whither-numbered \
	$(BUILD)/whither-tap-journeys

$(OBJ):
	@mkdir -p $@

$(OBJ)/edge.bpf.o: edge/edge.bpf.c edge/edge.h | $(OBJ)
	$(BPF) -c $< -o $@

$(OBJ)/pattern.bpf.o: forward/pattern.bpf.c | $(OBJ)
	$(BPF) -c $< -o $@

$(OBJ)/numbered.bpf.o: crossing/numbered.bpf.c crossing/numbered.h | $(OBJ)
	$(BPF) -c $< -o $@

$(OBJ)/%.bpf.o: bpf/%.bpf.c bpf/lab.h bpf/truth.h bpf/shuffle.h ../probe/include/whither.h | $(OBJ)
	$(BPF) -I../probe/include -c $< -o $@

$(BUILD)/whither-lab: loader.c edge/edge.h bpf/truth.h ../probe/bpf-link.c ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -lbpf -lelf -lz -o $@

$(BUILD)/whither-traffic: edge/traffic.c ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -o $@

SEND := send.c sockets.c sockets.h commands.h messages.c receive.c sniff.c offload.c shuffle.c shuffle.h
$(BUILD)/whither-send: $(addprefix traffic/,$(SEND)) bpf/shuffle.h ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -o $@

$(OBJ)/taps.bpf.o: taps/taps.bpf.c taps/taps.h ../probe/include/whither.h | $(OBJ)
	$(BPF) -I../probe/include -c $< -o $@

$(OBJ)/taps-hints.bpf.o: taps/hints.bpf.c ../probe/include/whither.h | $(OBJ)
	$(BPF) -I../probe/include -c $< -o $@

$(OBJ)/taps-cost.bpf.o: taps/cost.bpf.c ../probe/include/whither.h | $(OBJ)
	$(BPF) -I../probe/include -c $< -o $@

$(BUILD)/whither-taps: taps/loader.c taps/taps.h ../probe/include/whither.h ../probe/bpf-link.c ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -lbpf -lelf -lz -o $@

$(BUILD)/whither-numbered: crossing/numbered.c crossing/numbered.h ../probe/devices.c | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN) $(filter %.c,$^) -o $@

$(BUILD)/whither-tap-journeys: ../probe/testing/tap-journeys.c ../probe/tap-journeys.c ../probe/tap-journeys.h | $(OBJ)
	$(CC) -std=gnu11 $(CFLAGS) -fsanitize=address,undefined $(WARN) $(filter %.c,$^) -o $@
