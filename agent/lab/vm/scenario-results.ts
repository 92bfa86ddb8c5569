/** What the job of a scenario left, as scenario/run.ts has it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, lineOf } from '../../failure.ts';
import { judge } from '../scenario/judge.ts';
import { readScenario } from '../scenario/read.ts';
import { notPossible, type Scenario, type ScenarioResult, type Truth } from '../scenario/types.ts';
import { FIRST_PIPE, saidFile, SCENARIO_FILE, scenarioJobName } from './scenario-job.ts';

/** Of what a failing job said. */
const SHOWN_CHARS = 600;

export interface ScenarioRun {
  readonly scenario: Scenario;
  /** null = it did not come to its end. */
  readonly result: ScenarioResult | null;
  /** What is wrong; [] = as expected, or not possible. */
  readonly wrong: readonly string[];
  /** The recording; empty where there is none. */
  readonly capture: Uint8Array;
}

export function scenarioRun(directory: string, scenario: Scenario): ScenarioRun {
  const read = (file: string): string => {
    const at = path.join(directory, scenarioJobName(scenario), file);
    return existsSync(at) ? readFileSync(at, 'utf8').trim() : '';
  };
  const none = new Uint8Array(0);
  try {
    if (read('exit') !== '0') {
      const said = `${read('stdout')} ${read('stderr')}`.replace(/\s+/g, ' ').slice(-SHOWN_CHARS);
      throw new Failure(`its job ended with ${read('exit')} (${said})`, 'the last lines say why');
    }
    const left = read(SCENARIO_FILE.left).replaceAll('\n', ', ');
    const wrong = left === '' ? [] : [`left when all was over: ${left}`];
    const reason = read(SCENARIO_FILE.notPossible);
    if (reason !== '') return { scenario, result: notPossible(reason), wrong, capture: none };
    const capture = readFileSync(path.join(directory, scenarioJobName(scenario), SCENARIO_FILE.capture));
    const result = {
      notPossible: null,
      ...readScenario(capture),
      ...truthOf(read(SCENARIO_FILE.loader)),
      said: saidIn(read),
    };
    return { scenario, result, wrong: [...wrong, ...judge(scenario, result)], capture };
  } catch (thrown) {
    return { scenario, result: null, wrong: [lineOf(thrown)], capture: none };
  }
}

/** Without `ready`, which each says first. */
function saidIn(read: (file: string) => string): string[] {
  const said: string[] = [];
  for (let pipe = FIRST_PIPE, text = read(saidFile(pipe)); text !== ''; text = read(saidFile(++pipe)))
    said.push(...text.split('\n').slice(1));
  return said;
}

function truthOf(loader: string): { truth: Truth[]; counters: number[] } {
  const [ready, ...lines] = loader.split('\n');
  const counters = lines.pop();
  if (ready !== 'ready' || counters === undefined) {
    throw new Failure(`the loader said ${String(ready)}`, 'run it again');
  }
  return {
    truth: lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Truth),
    counters: JSON.parse(counters) as number[],
  };
}
