export { attempt, type Bench, type MeasuredLayers } from './bench.ts';
export { errorsAmong, reporter, SECTION, tellFlaws, type Mismatch, type Report, type Section } from './finding.ts';
export { blobMismatches, validateImage } from './image.ts';
export { danglingSubjects, indexMismatches, namedMismatches, type IndexBench } from './index-document.ts';
export { layerKey, type Measured } from './layer.ts';
