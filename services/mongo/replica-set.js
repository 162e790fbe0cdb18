// Initiates the replica set the first time, and waits for its primary. Safe to run again, after a kill half-way too.
//   MEMBERS=mongo-0:27017,… KEYFILE=… mongosh --nodb replica-set.js users.js
const fs = require("fs");

const NOT_YET_INITIALIZED = 94, ALREADY_INITIALIZED = 23;
const PATIENCE_MS = 120_000;  // members that start on a busy machine, and a first election of about ten seconds
const members = process.env.MEMBERS.split(",");

// With a keyFile nobody may initiate without credentials, and before it there are no users: whoever has the file's
// text is the members' own user.
const key = encodeURIComponent(fs.readFileSync(process.env.KEYFILE, "utf8").replace(/\s/g, ""));

function logIn(hosts, option) {
  return new Mongo(`mongodb://__system:${key}@${hosts}/admin?authSource=local&authMechanism=SCRAM-SHA-256&${option}`);
}

function state(member) {
  try {
    logIn(member, "directConnection=true&serverSelectionTimeoutMS=2000").getDB("admin").adminCommand({replSetGetStatus: 1});
    return "configured";
  } catch (error) {
    return error.code === NOT_YET_INITIALIZED ? "new" : `away (${error.message})`;
  }
}

// One member with a configuration means that the set exists: a member that lost its disk gets it from there. Only when
// every one of them says that it is new is it initiated.
function isNew() {
  for (const end = Date.now() + PATIENCE_MS; ; sleep(1000)) {
    const states = members.map(state);
    if (states.includes("configured")) return false;
    if (states.every((each) => each === "new")) return true;
    if (Date.now() > end) throw new Error(`replica set: ${members.map((member, i) => `${member} ${states[i]}`).join(", ")}`);
  }
}

if (isNew()) {
  try {
    logIn(members[0], "directConnection=true")
      .getDB("admin")
      .adminCommand({replSetInitiate: {_id: "rs0", members: members.map((host, _id) => ({_id, host}))}});
    print("replica set: initiated");
  } catch (error) {
    if (error.code !== ALREADY_INITIALIZED) throw error;
  }
}
const admin = logIn(members, `replicaSet=rs0&w=majority&serverSelectionTimeoutMS=${PATIENCE_MS}`).getDB("admin");
print(`replica set: the primary is ${admin.hello().me}`);
