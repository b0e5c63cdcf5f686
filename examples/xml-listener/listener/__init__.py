"""XML listener: gathers XML events from TCP connections into files, and uploads them to S3."""
