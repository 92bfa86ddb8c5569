/** What a probe's output is appended to: the spool, or for `whither capture` one file or a pipe. */
export interface CaptureLog {
  /**
   * Appends a chunk of the probe's stream, cut anywhere. Resolves when its whole blocks are written;
   * await it before reading on, so that a slow disk slows the probe. Rejects with a Failure on a stream
   * that is no pcapng and on a disk that does not take it.
   */
  append(chunk: Uint8Array): Promise<void>;
  /** The probe is gone. Its last block, if cut off, is forgotten; the gap is written when it returns. */
  probeEnded(): Promise<void>;
}
