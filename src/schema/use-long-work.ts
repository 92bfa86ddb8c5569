/** Work of the worker with progress that can be given up. */
import { useEffect, useRef, useState } from 'react';
import { GIVE_UP, type WorkProgress } from '#workers/api.ts';
import { useWork } from './use-work.ts';

export interface LongWork {
  readonly busy: boolean;
  readonly error: string;
  readonly progress: WorkProgress;
  /** `work` hands the port to the worker; what it resolves with goes to `done`, null = it was given up. */
  begin<T>(work: (port: MessagePort) => Promise<T | null>, done: (result: T) => void): void;
  giveUp(): void;
}

const NONE: WorkProgress = { share: 0, bytes: 0 };

export function useLongWork(): LongWork {
  const { busy, error, run } = useWork();
  const [progress, setProgress] = useState(NONE);
  const port = useRef<MessagePort | null>(null);
  const giveUp = () => port.current?.postMessage(GIVE_UP);
  // What nobody waits for any more is not gone on with.
  useEffect(
    () => () => {
      port.current?.postMessage(GIVE_UP);
      port.current?.close();
    },
    [],
  );
  return {
    busy,
    error,
    progress,
    begin: (work, done) => {
      port.current?.postMessage(GIVE_UP);
      const { port1, port2 } = new MessageChannel();
      port.current = port1;
      port1.onmessage = ({ data }: MessageEvent<WorkProgress>) => setProgress(data);
      setProgress(NONE);
      run(async () => {
        const result = await work(port2);
        if (result !== null) done(result);
      });
    },
    giveUp,
  };
}
