// A TLS 1.2 client and server over Node's tls, for tests. Made for Node 8, which has OpenSSL 1.0.2 inside.
//
//   node peer.js c|s PORT ciphers=NAME [crt=F,G] [key=F,G] [ca=F] [ask=1] [dh=F] [curve=NAME] [each=COUNT] [ticket=0] [reneg=1]
//
// Names of suites are OpenSSL's. A client without ca= verifies nothing; each=2 resumes the session. With reneg=1 a
// server asks for a certificate in a second handshake. Every handshake is told in one line. Only 127.0.0.1 is used.
'use strict';
const constants = require('crypto').constants, fs = require('fs'), tls = require('tls');

const [mode, port, ...words] = process.argv.slice(2);
const given = {};
for (const word of words) given[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
const files = (names) => names.split(',').map((name) => fs.readFileSync(name));

const options = {
  port: Number(port), host: '127.0.0.1', ciphers: given.ciphers, secureProtocol: 'TLSv1_2_method',
  ecdhCurve: given.curve || 'auto', rejectUnauthorized: Boolean(given.ca), secureOptions: 0,
};
if (given.crt) Object.assign(options, { cert: files(given.crt), key: files(given.key) });
if (given.ca) options.ca = files(given.ca);
if (given.dh) options.dhparam = fs.readFileSync(given.dh);
if (given.ticket === '0') options.secureOptions |= constants.SSL_OP_NO_TICKET;

function describe(socket) {
  const peer = socket.getPeerCertificate();
  const name = (peer && peer.subject && peer.subject.OU) || 'none';
  return `${socket.getCipher().name} resumed=${socket.isSessionReused()} peer=${name}`;
}

function server() {
  Object.assign(options, { requestCert: Boolean(given.ask), rejectUnauthorized: Boolean(given.ask) });
  const listener = tls.createServer(options, (socket) => {
    const line = `server OK ${describe(socket)}`;
    console.log(line);
    socket.on('error', (error) => console.log('server FAIL', error.message));
    socket.once('data', (request) => {
      const answer = () => socket.end(`HTTP/1.0 200 OK\r\n\r\n${line}\r\n${request}`);
      if (!given.reneg) return answer();
      socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, (error) => {
        console.log('server again', error ? error.message : describe(socket));
        answer();
      });
    });
  });
  listener.on('tlsClientError', (error) => console.log('server FAIL', error.message));
  const sessions = {};
  listener.on('newSession', (id, data, done) => { sessions[id.toString('hex')] = data; done(); });
  listener.on('resumeSession', (id, done) => done(null, sessions[id.toString('hex')] || null));
  listener.listen(options.port, '127.0.0.1');
}

function client(left, session) {
  if (!left) return;
  const more = { session, servername: 'localhost', checkServerIdentity: () => undefined };
  const socket = tls.connect(Object.assign({}, options, more), () => {
    console.log(`client OK ${describe(socket)}`);
    socket.write('GET / HTTP/1.0\r\n\r\n');
  });
  socket.once('data', (answer) => {
    console.log('client read', String(answer).replace(/[\r\n]+/g, '|'));
    socket.on('close', () => client(left - 1, socket.kept));
    socket.kept = socket.getSession();
    socket.end();
  });
  socket.on('error', (error) => { console.log('client FAIL', error.message); process.exit(1); });
}

if (mode === 's') server();
else client(Number(given.each || 1));
