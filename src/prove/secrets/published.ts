/**
 * Keys in tests and documents of installed packages are published with them, so they are no secrets. The application's own
 * tests are not covered by this.
 */
export const isPublished = (path: string): boolean =>
  /^usr\/share\/(doc|man|info|locale)\//.test(path) ||
  /^usr\/lib\/python3[^/]*\/test\//.test(path) ||
  /\/(site|dist)-packages\/(?:.*\/)?(tests?|testing|_?testdata|test_data|SelfTest|fixtures|examples?|samples?|docs?)\//i.test(path) ||
  /\/(site|dist)-packages\/(?:.*\/)?(test_[^/]*|[^/]*_tests?|tests?|conftest)\.pyc?$/.test(path) ||
  // botocore's descriptions of services, with their example requests.
  /\/(site|dist)-packages\/(?:botocore|boto3|aiobotocore)\/(?:data|examples)\//.test(path);
