// Runs the public client of ndt7 in node: node --experimental-websocket run.cjs FOLDER_OF_CLIENT PROTOCOL HOST:PORT
// The client is written for browsers: a Worker as they have it is made of a thread of node.
'use strict';
const path = require('node:path');
const { Worker: Thread } = require('node:worker_threads');

const inThread = `
  const { parentPort, workerData } = require('node:worker_threads');
  globalThis.self = globalThis;
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  require('node:vm').runInThisContext(require('node:fs').readFileSync(workerData, 'utf8'));
  parentPort.on('message', (data) => self.onmessage({ data }));
`;
globalThis.Worker = class {
  constructor(file) {
    this.thread = new Thread(inThread, { eval: true, workerData: file });
    this.thread.on('message', (data) => this.onmessage({ data }));
    this.thread.on('error', (error) => { throw error; });
  }
  postMessage(message) { this.thread.postMessage(message); }
  terminate() { this.thread.terminate(); }
};

const [folder, protocol, server] = process.argv.slice(2);
const ndt7 = require(path.join(folder, 'ndt7.js'));
const told = { errors: [] };
ndt7.test({
  protocol, server, mlabDataPolicyInapplicable: true, metadata: { client_name: 'tests' },
  downloadworkerfile: path.join(folder, 'ndt7-download-worker.js'),
  uploadworkerfile: path.join(folder, 'ndt7-upload-worker.js'),
}, {
  error: (error) => told.errors.push(String(error)),
  downloadComplete: (data) => { told.download = data; },
  uploadComplete: (data) => { told.upload = data; },
}).then((code) => {
  told.code = code;
  console.log(JSON.stringify(told));
  process.exit(0);
});
