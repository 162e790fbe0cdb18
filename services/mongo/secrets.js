// Makes what is secret, at random, where it is missing; what is there is never changed. For docker-compose.yml alone.
//   SECRETS=DIRECTORY MEMBERS=… mongosh --nodb secrets.js
const fs = require("fs");
const crypto = require("crypto");

// A file is its reader's by group; the others are uid 999's, who is mongod. docker-compose.yml gives the groups out.
const groups = {"posts-service": 10011, "user-service": 10012, "admin-backup": 10013, migrations: 10014};
const addresses = {"posts-service": "posts", "user-service": "user", "admin-backup": "backup", migrations: "migrations"};

function once(name, make, group) {
  const path = `${process.env.SECRETS}/${name}`;
  if (fs.existsSync(path)) return;
  fs.mkdirSync(path.slice(0, path.lastIndexOf("/")), {recursive: true, mode: 0o755});
  const unfinished = `${path}.new`;  // renamed when it is whole: a kill leaves no half of a secret
  fs.writeFileSync(unfinished, make(), {mode: group ? 0o440 : 0o400});
  if (group) fs.chownSync(unfinished, process.getuid(), group);
  fs.renameSync(unfinished, path);
  print(`secrets: ${name} made`);
}

once("keyfile", () => crypto.randomBytes(756).toString("base64"));  // MongoDB allows 1024 characters
for (const name of [...Object.values(addresses), "reader"]) {
  once(`passwords/${name}`, () => crypto.randomBytes(24).toString("base64url"));
}
for (const [reader, name] of Object.entries(addresses)) {
  const password = fs.readFileSync(`${process.env.SECRETS}/passwords/${name}`, "utf8");
  const address = `mongodb://${name}:${password}@${process.env.MEMBERS}/blog?replicaSet=rs0&authSource=admin`;
  once(`${reader}/mongo_url`, () => address, groups[reader]);
}

// A token key is named after its moment, as `python -m user_service new-key` does it.
const keys = `${process.env.SECRETS}/user-service/keys`;
if (!fs.existsSync(keys) || !fs.readdirSync(keys).some((name) => name.endsWith(".pem"))) {
  const id = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const {privateKey} = crypto.generateKeyPairSync("ec", {namedCurve: "P-256"});
  once(`user-service/keys/${id}.pem`, () => privateKey.export({type: "pkcs8", format: "pem"}), groups["user-service"]);
}
