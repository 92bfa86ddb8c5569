/** `inspect FILE --cost`: the cost blocks of a capture and nothing else, nothing kept of its packets. */
import type { CaptureSink, CustomBlock, InterfaceInfo, Problem, SectionInfo } from '#core/pcapng/types.ts';
import { CaptureFacts } from '#core/store/capture-facts.ts';
import { CostLog } from '#core/store/cost-log.ts';
import type { CostView } from '#core/store/view.ts';

export class CostSink implements CaptureSink {
  private readonly log = new CostLog();
  private readonly facts: CaptureFacts;
  /** Of the section that is being read: ifindex → device. */
  private readonly devices = new Map<number, string>();
  private readonly onProblem: (problem: Problem) => void;

  constructor(onProblem: (problem: Problem) => void) {
    this.onProblem = onProblem;
    this.facts = new CaptureFacts({
      schema: () => undefined,
      gap: () => undefined,
      triggered: () => undefined,
      cost: (body) =>
        this.log.add(body, this.facts.host?.hostname ?? '', (ifindex) => this.devices.get(ifindex) ?? ''),
      problem: onProblem,
    });
  }

  get view(): CostView {
    return this.log.view();
  }

  section(info: SectionInfo): void {
    this.devices.clear();
    this.facts.section(info);
  }

  interface(info: InterfaceInfo): void {
    const colon = info.name.indexOf(':');
    this.devices.set(info.ifindex, colon < 0 ? info.name : info.name.slice(0, colon));
  }

  custom(block: CustomBlock): void {
    this.facts.custom(block);
  }

  problem(problem: Problem): void {
    this.onProblem(problem);
  }

  packet(): void {
    // Not looked at.
  }

  statistics(): void {
    // Not looked at.
  }
}
