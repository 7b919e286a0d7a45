"""The public client of ndt7 in JavaScript, as it comes from npm, against the centre's server: in node and a browser."""

import json
import os
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ndt7_centre import CLIENT, certificate, public_client, serving, until

from merata.assure.ndt7_door import Limits

#: The server ends a test whenever it likes, by the protocol: these last no longer than they need to.
QUICK = Limits(run_s=1, longest_s=4)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    shared = tmp_path_factory.getbasetemp()
    return public_client(shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared)


def check(told, results):
    """Both tests came to their end, and client and server agree about them."""
    assert told["errors"] == []
    assert told["code"] == 0
    until(lambda: len(results) == 2)
    assert [r.test for r in results] == ["download", "upload"]
    assert [r.ended for r in results] == ["time", "time"]
    for result in results:
        mine = told[result.test]["LastClientMeasurement"]
        theirs = told[result.test]["LastServerMeasurement"]
        assert mine["MeanClientMbps"] > 5
        assert mine["MeanClientMbps"] == pytest.approx(result.mbps, rel=0.5)
        assert mine["ElapsedTime"] == pytest.approx(result.seconds, abs=0.8)
        assert theirs["ConnectionInfo"]["UUID"] == result.uuid
        assert theirs["Test"] == result.test
        assert 0 < theirs["TCPInfo"]["MinRTT"] < 10**6
        assert theirs["AppInfo"]["NumBytes"] > 10**5
        assert result.client["client_library_name"] == "ndt7-js"
    assert told["download"]["LastServerMeasurement"]["TCPInfo"]["BytesAcked"] > 10**5
    assert told["upload"]["LastServerMeasurement"]["TCPInfo"]["BytesReceived"] > 10**5


@pytest.mark.slow
def test_the_public_client_tests_from_node(client, tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not here")
    has = [node, "--experimental-websocket", "-e", "process.exit(typeof WebSocket === 'function' ? 0 : 1)"]
    if subprocess.run(has, capture_output=True, check=False).returncode:
        pytest.skip("this node has no WebSocket: 20.10 or newer has")
    pem = certificate(tmp_path)
    with serving(QUICK, pem) as (_, port, results):
        done = subprocess.run(
            [node, "--experimental-websocket", CLIENT / "run.cjs", client, "wss", f"localhost:{port}"],
            capture_output=True, text=True, timeout=60, check=False,
            env=os.environ | {"NODE_EXTRA_CA_CERTS": pem, "NO_COLOR": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        check(json.loads(done.stdout), results)


RUN = """async ([protocol, server]) => {
  const told = {errors: []};
  told.code = await ndt7.test({protocol, server, mlabDataPolicyInapplicable: true}, {
    error: (error) => told.errors.push(String(error)),
    downloadComplete: (data) => { told.download = data; },
    uploadComplete: (data) => { told.upload = data; },
  });
  return told;
}"""


@pytest.fixture
def pages(client):
    """A site with the client's scripts. A real one: a browser lets no page of unknown origin talk to this machine."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=client))
    thread = threading.Thread(target=served.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{served.server_address[1]}/"
    served.shutdown()
    thread.join()
    served.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("report")
def test_the_public_client_tests_from_a_browser(pages, browser, tmp_path):
    pem = certificate(tmp_path)
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    with serving(QUICK, pem) as (_, port, results):
        page.goto(pages)
        page.add_script_tag(url="ndt7.js")
        check(page.evaluate(RUN, ["wss", f"127.0.0.1:{port}"]), results)
    context.close()
