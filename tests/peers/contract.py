"""The description of the API, judged by others: valid OpenAPI 3.1, and a fuzzer that holds every operation to it. Run by
the Python that has openapi-spec-validator and schemathesis."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import drelwa
from openapi_spec_validator import OpenAPIV31SpecValidator

SEED = os.environ.get("DRELWA_FUZZ_SEED", "8520")
# Examples for each operation and role; the whole stays within a few minutes.
EXAMPLES = os.environ.get("DRELWA_FUZZ_EXAMPLES", "12")
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance",
          "missing_required_header", "ignored_auth"]


def main():
    for role in sys.argv[1:] or ["author", "lead", "moderator", "citizen"]:
        # A government of their own for each: whoever may end people ends some.
        with drelwa.Demo() as demo:
            described(demo)
            fuzzed(demo, role)
            healthy(demo)
    print("contract: passed")


def described(demo):
    api = demo.call(None, "GET", "/api/v1/openapi.json")
    problems = list(OpenAPIV31SpecValidator(api).iter_errors())
    assert not problems, problems
    print(f"  contract: valid OpenAPI 3.1 with {sum(len(i) for i in api['paths'].values())} operations")


def fuzzed(demo, role):
    command = [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", f"{demo.address}/api/v1/openapi.json",
               "--header", f"Authorization: Bearer {demo.token(role)}", "--checks", ",".join(CHECKS), "--seed", SEED,
               "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color",
               "--warnings", "off", "--request-timeout", "20", "--generation-database", "none", "--max-time", "30"]
    # Faults would spoil what follows, and an ended person would end the run.
    command += ["--exclude-path", "/api/v1/simulator/faults"]
    with tempfile.TemporaryDirectory(prefix="drelwa-fuzz-") as reports:
        done = subprocess.run(command, cwd=reports, capture_output=True, text=True, timeout=400)
    if done.returncode != 0:
        raise SystemExit(f"as {role}:\n{done.stdout[-12000:]}\n{done.stderr[-2000:]}\n{demo.said()}")
    cases = next((line.strip() for line in done.stdout.splitlines() if "generated" in line), "")
    print(f"  contract: fuzzed as {role}: {cases}", flush=True)


def healthy(demo):
    """After all that it is ready, and no work was given up."""
    status, _, text = drelwa.request(f"{demo.address}/readyz")
    assert status == 200, text
    figures = drelwa.request(f"{demo.address}/metrics")[2]
    failed = [line for line in figures.splitlines() if line.startswith('drelwa_state{kind="jobs-failed"}')]
    assert len(failed) == 1 and failed[0].endswith(" 0"), failed
    panics = [line for line in demo.said().splitlines() if "panicked" in line]
    assert not panics, panics
    assert json.loads(drelwa.request(f"{demo.address}/api/v1/openapi.json")[2])["openapi"] == "3.1.0"


if __name__ == "__main__":
    main()
