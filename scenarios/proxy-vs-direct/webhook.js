// The webhook behind the proxy, in Express over TLS: challenge, signature over the raw bytes, and an answer after DELAY_MS,
// which stands for its own work and for the way from the proxy and back.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const https = require('node:https');
const express = require('express');

const { APP_SECRET, VERIFY_TOKEN, PORT, CERTIFICATE, KEY, DELAY_MS } = process.env;
const app = express();

app.get('*', (request, response) => {
  const right = request.query['hub.mode'] === 'subscribe' && request.query['hub.verify_token'] === VERIFY_TOKEN;
  return right ? response.type('text/plain').send(request.query['hub.challenge']) : response.sendStatus(403);
});

app.post('*', express.raw({ type: () => true, limit: '16mb' }), (request, response) => {
  const expected = Buffer.from('sha256=' + crypto.createHmac('sha256', APP_SECRET).update(request.body).digest('hex'));
  const given = Buffer.from(request.get('X-Hub-Signature-256') || '');
  if (expected.length !== given.length || !crypto.timingSafeEqual(expected, given)) return response.sendStatus(401);
  return setTimeout(() => response.sendStatus(200), Number(DELAY_MS));
});

https.createServer({ key: fs.readFileSync(KEY), cert: fs.readFileSync(CERTIFICATE) }, app).listen(Number(PORT), '127.0.0.1');
