import { askOracle } from '../../base/oracle.testing.ts';

/** Why image-spec's schemas and go-containerregistry cannot be asked here; undefined when they can. */
export { whyNoGo as whyNoImageSpec } from '../../base/oracle.testing.ts';

/** A document with its media type, or the folder of a layout. */
export type Question = { readonly kind: string; readonly document: unknown } | { readonly kind: 'layout'; readonly folder: string };

/** What image-spec's own schemas find wrong with documents, and go-containerregistry's `validate` with layouts (conformance/image-spec); empty where nothing. */
export function askImageSpec(questions: readonly Question[]): readonly string[] {
  const input = questions.map((each) => ({
    kind: each.kind,
    text: 'folder' in each ? each.folder : Buffer.from(JSON.stringify(each.document)).toString('base64'),
  }));
  return JSON.parse(askOracle('image-spec', JSON.stringify(input))) as readonly string[];
}
