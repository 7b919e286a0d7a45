"""The open standards' own checkers (libcoveocds, libcoveoc4ids, libcoveofds), without a network."""

import functools
import io
import json
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from libcoveoc4ids.api import oc4ids_json_output
from libcoveoc4ids.config import LibCoveOC4IDSConfig
from libcoveocds.api import ocds_json_output
from libcoveocds.config import LibCoveOCDSConfig
from libcoveofds.additionalfields import AdditionalFields
from libcoveofds.jsonschemavalidate import JSONSchemaValidator
from libcoveofds.python_validate import PythonValidate
from libcoveofds.schema import OFDSSchema

from merata.publish.open_contracting import told

SCHEMAS = Path(__file__).parent / "publish" / "schemas"


@pytest.fixture(scope="module")
def schemas():
    """The published schemas behind an address of this machine, as the checkers fetch theirs."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SCHEMAS))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@functools.cache
def standard():
    """The standard's repository as its checker takes it: a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("standard/", "")
        for path in sorted((SCHEMAS / "ocds").rglob("*.*")):
            archive.write(path, f"standard/schema/{path.relative_to(SCHEMAS / 'ocds')}")
    return out.getvalue()


def checked_ocds(package, schemas):
    version = ("1.1", f"{schemas}/ocds/", "1__1__5")
    config = LibCoveOCDSConfig(
        {
            "context": "api",
            "standard_zip": standard(),
            "schema_version_choices": {"1.1": version},
            "schema_codelists": {"1.1": f"{schemas}/ocds/codelists/"},
        }
    )
    return ocds_json_output(json_data=json.loads(told(package)), lib_cove_ocds_config=config)


def checked_oc4ids(package, schemas):
    host = f"{schemas}/oc4ids/"
    config = LibCoveOC4IDSConfig({"schema_host": host, "schema_codelists": {"0.9": f"{host}codelists/"}})
    return oc4ids_json_output(json_data=json.loads(told(package)), lib_cove_oc4ids_config=config)


def faults_of(found):
    """What a checker of libcove has to say against a package."""
    names = (
        "validation_errors",
        "additional_closed_codelist_values",
        "additional_open_codelist_values",
        "additional_fields",
        "additional_checks",
        "conformance_errors",
        "conformance_checks",
        "deprecated_fields",
        "structure_warnings",
    )
    return {name: found[name] for name in names if found.get(name)}


def checked_ofds(package):
    schema, package = OFDSSchema(), json.loads(told(package))
    faults = [fault.json() for fault in JSONSchemaValidator(schema).validate(package)]
    return faults, PythonValidate(schema).validate(package), AdditionalFields(schema).process(package)
