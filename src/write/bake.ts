import type { Plan } from '../plan/index.ts';
import { runningOf } from './running.ts';
import { comment } from './words.ts';

/** docker-bake.hcl: `docker buildx bake` builds for both processors, with an inventory and the way it was built. */
export function writeBake(plan: Plan): string {
  const { name, image } = runningOf(plan);
  const tag = image.slice(image.lastIndexOf(':') + 1);
  return `${comment(`${name}: written by \`plimsoll init\`. It is yours: change what you like. \`docker buildx bake\`, or \`docker buildx bake local\` for this machine alone.`)}

variable "REGISTRY" {
  # With its slash at the end: "registry.example.com/team/". Empty: the image stays here.
  default = ""
}

variable "TAG" {
  default = ${hcl(tag)}
}

variable "REVISION" {
  # The commit: REVISION=$(git rev-parse HEAD) docker buildx bake
  default = ""
}

variable "CACHE" {
  # An image that keeps the layers of all stages for the next machine: "registry.example.com/team/${name}:cache".
  default = ""
}

group "default" {
  targets = [${hcl(name)}]
}

target ${hcl(name)} {
  context    = "."
  dockerfile = "Dockerfile"
  tags       = ["\${REGISTRY}${name}:\${TAG}"]
  # The base images bring both.
  platforms  = ["linux/amd64", "linux/arm64"]
  # Fresh base images: a tag moves when they are mended.
  pull       = true
  # What the Dockerfile cannot know; its own labels are in it.
  labels = REVISION == "" ? {} : {
    "org.opencontainers.image.revision" = REVISION
  }
  cache-from = CACHE == "" ? [] : ["type=registry,ref=\${CACHE}"]
  # mode=max: the stage that installs the dependencies too, which is not in the image.
  cache-to   = CACHE == "" ? [] : ["type=registry,ref=\${CACHE},mode=max"]
  # How it was built (SLSA provenance) and what is in it (SPDX), beside the image.
  attest = [
    "type=provenance,mode=max",
    "type=sbom",
  ]
}

# For \`docker run\` here: one platform, and no attestations, which Docker's own image store cannot hold.
target "local" {
  inherits  = [${hcl(name)}]
  platforms = []
  output    = ["type=docker"]
  # An empty list would leave those that are inherited: buildx merges them by type.
  attest = [
    "type=provenance,disabled=true",
    "type=sbom,disabled=true",
  ]
}
`;
}

/** A string of HCL: a template without holes (HCL native syntax, "Quoted Templates"). */
const hcl = (text: string): string => JSON.stringify(text).replaceAll(/[$%]\{/g, (each) => `${each[0]}${each}`);
