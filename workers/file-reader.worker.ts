/** A Web Worker of the worker: reads a file ahead of it (sources/file-reading.ts). */
import { expose } from 'comlink';
import { createSliceReader } from './sources/file-reading.ts';

expose(createSliceReader());
