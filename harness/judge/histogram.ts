/**
 * HdrHistogram, from the files that make and encode histograms: the package's main entry also
 * loads its log writer, whose number formats alone take 10 ms of every start.
 */
export type { Histogram } from 'hdr-histogram-js';
export {
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
} from 'hdr-histogram-js/dist/encoding.js';
export { build } from 'hdr-histogram-js/dist/HistogramBuilder.js';
