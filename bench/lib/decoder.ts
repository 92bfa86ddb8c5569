/** What a page's worker decodes with; production-build.ts makes it into one file. */
export { CaptureReader } from '#core/pcapng/reader.ts';
export { CaptureStore } from '#core/store/capture-store.ts';
export { TimelineBuilder } from '#core/store/timeline.ts';
export { compileSchema } from '#core/metadata/scan.ts';
