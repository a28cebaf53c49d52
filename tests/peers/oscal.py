"""The OSCAL documents of a running program, judged by two validators that others wrote: NIST's JSON schema under ajv, and
the models of compliance-trestle. A document with a fault must be refused by both, or they judge nothing."""
import json
import os
import pathlib
import subprocess
import tempfile

import drelwa
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.profile import Profile

HERE = pathlib.Path(__file__).parent
DOCUMENTS = [(Catalog, "catalog"), (Profile, "profiles/ministry"), (Profile, "profiles/gewog"),
             (AssessmentResults, "results/MoH"), (AssessmentResults, "results/MoICE"), (AssessmentResults, "results/NAB")]


def by_schema(files):
    node = os.environ.get("TEST_NODE", "node")
    return subprocess.run([node, str(HERE / "oscal.mjs"), *map(str, files)], capture_output=True, text=True, timeout=300)


def by_models(model, file):
    try:
        return model.oscal_read(file) is not None
    except Exception:
        return False


def main():
    files = []
    with drelwa.Demo() as demo, tempfile.TemporaryDirectory(prefix="drelwa-oscal-") as folder:
        folder = pathlib.Path(folder)
        for model, path in DOCUMENTS:
            found = demo.call("oversight", "GET", f"/api/v1/compliance/oscal/{path}")
            file = folder / f"{path.replace('/', '-')}.json"
            file.write_text(json.dumps(found))
            files.append(file)
            assert by_models(model, file), f"compliance-trestle refuses {path}"
        done = by_schema(files)
        assert done.returncode == 0, done.stderr
        results = json.loads(files[3].read_text())
        finding = results["assessment-results"]["results"][0]["findings"][0]
        assert finding["title"] and results["assessment-results"]["results"][0]["observations"], "nothing was found"
        del finding["target"]
        broken = folder / "broken.json"
        broken.write_text(json.dumps(results))
        assert not by_models(AssessmentResults, broken), "compliance-trestle takes a finding about nothing"
        assert by_schema([broken]).returncode == 1, "the schema takes a finding about nothing"
    print(f"oscal: {len(files)} documents valid by schema and by models; a broken one refused by both")


if __name__ == "__main__":
    main()
