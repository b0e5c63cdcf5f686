import type { DependencySource, Plan } from '../plan/index.ts';
import { runningOf, SCRATCH_MIB } from './running.ts';
import { comment } from './words.ts';

/** Of an image that is built on, only the Dockerfile's is known by its name. */
const pythonOf = ({ recipe, dockerfile }: Plan): string => (recipe.base.kind === 'debian' ? recipe.python.version : dockerfile.base.python);

/** Makefile: what people do with the service's image, each in one word. */
export function writeMakefile(plan: Plan): string {
  const { name, image } = runningOf(plan);
  return `${comment(`${name}: written by \`plimsoll init\`. It is yours: change what you like. \`make\` lists what it can do.`)}

IMAGE ?= ${image}
DOCKER ?= docker
PLIMSOLL ?= npx --yes plimsoll
${comment('Where the tests run: an image with this Python, for development; what they need is not in the image that is shipped.')}
TEST_IMAGE ?= python:${pythonOf(plan)}-slim

.DEFAULT_GOAL := help
.PHONY: help build test-unit lint run prove

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the image, as the Dockerfile says
	$(DOCKER) build --tag $(IMAGE) .

test-unit: ## the tests, in a container; the source is read only there
	$(DOCKER) run --rm --volume "$(CURDIR):/source:ro" $(TEST_IMAGE) sh -euc ${shell(testScript(plan.recipe.dependencies))}

lint: ## what is to be said of the Dockerfile, by Plimsoll and by BuildKit
	$(PLIMSOLL) lint Dockerfile
	$(DOCKER) build --check .

run: build ## the service here, locked down as in production; variables from .env
	$(DOCKER) run --rm --read-only --cap-drop ALL --security-opt no-new-privileges:true \\
	    $(if $(wildcard .env),--env-file .env) ${runOptions(plan)}$(IMAGE)

prove: build ## that the image is fit, by measurement
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && \\
	    $(DOCKER) save --output "$$folder/image.tar" $(IMAGE) && $(PLIMSOLL) prove --image "$$folder/image.tar"
`;
}

/** A copy: pytest writes caches, and builds of the project write beside it. */
const COPY = 'cp -R /source /work && cd /work';

function testScript(source: DependencySource | undefined): string {
  const pip = 'pip install --quiet --root-user-action ignore --disable-pip-version-check';
  // What is for development often names what is installed already: it comes second, and hashes hold for the first alone.
  const development = `if [ -f requirements-dev.txt ]; then ${pip} -r requirements-dev.txt; else ${pip} pytest; fi`;
  switch (source?.kind) {
    case 'uv.lock':
      return `${COPY} && ${pip} uv && uv sync --quiet --frozen --all-extras && uv run --with pytest python -m pytest`;
    case 'poetry.lock':
      return `${COPY} && ${pip} poetry && poetry install --quiet --no-root && poetry run python -m pytest`;
    case 'pdm.lock':
      return `${COPY} && ${pip} pdm && pdm sync --quiet --no-self && pdm run python -m pytest`;
    case 'Pipfile.lock':
      return `${COPY} && ${pip} pipenv && pipenv sync --dev && pipenv run python -m pytest`;
    case 'pylock.toml':
      return `${COPY} && ${pip} uv && uv pip install --quiet --system -r ${source.file} && ${development} && python -m pytest`;
    case 'script':
      return `${COPY} && ${pip} uv && uv pip install --quiet --system -r ${source.file} && ${development} && python -m pytest`;
    case 'pyproject':
    case 'setuptools':
      return `${COPY} && ${pip} . && ${development} && python -m pytest`;
    case 'requirements':
      return `${COPY} && if [ ! -f requirements-dev.txt ]; then ${pip} -r ${source.files[0]}; fi && ${development} && python -m pytest`;
    case undefined:
      return `${COPY} && ${development} && python -m pytest`;
  }
}

function runOptions({ contract }: Plan): string {
  const { uid, gid } = contract.user;
  const mounts = contract.writablePaths.map(({ path }) =>
    path === '/tmp' ? `--tmpfs ${path}:size=${SCRATCH_MIB}m` : `--tmpfs ${path}:size=${SCRATCH_MIB}m,mode=0700,uid=${uid},gid=${gid}`,
  );
  return [...mounts, ...contract.ports.map(({ port }) => `--publish 127.0.0.1:${port}:${port}`)].map((each) => `${each} `).join('');
}

/** One word of a shell in a recipe: make reads `$` first. */
const shell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`).replaceAll('$', '$$$$')}'`;
