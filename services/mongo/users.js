// Who may do what in the database `blog`. Runs after replica-set.js, whose `admin` it uses; a second run changes nothing.
const EXISTS = 51003, ROLE_EXISTS = 51002, AUTHENTICATION_FAILED = 18;

function may(collection, ...actions) {
  return {resource: {db: "blog", collection}, actions};
}

// A service reaches its own collections, and reads whether its migrations have run.
const WRITES = ["find", "insert", "update", "remove"];
const READY = may("schema_migrations", "find");
const users = {
  posts: {privileges: [may("posts", ...WRITES), may("idempotency", ...WRITES), may("stats", "find"), may("backups", "find"), READY]},
  user: {privileges: [may("users", ...WRITES), may("login_attempts", ...WRITES), READY]},
  migrations: {roles: ["readWrite", "dbAdmin"]},
  backup: {privileges: [may("stats", "insert"), may("backups", "insert", "update")], roles: ["read"]},
  reader: {privileges: [{resource: {cluster: true}, actions: ["replSetGetStatus", "replSetGetConfig"]}], roles: ["read"]},
};

function createOr(exists, create, change) {
  try {
    create();
  } catch (error) {
    if (error.code !== exists) throw error;
    change();
  }
}

function logsIn(name, pwd) {
  try {
    new Mongo(`mongodb://${name}:${encodeURIComponent(pwd)}@${process.env.MEMBERS}/admin?replicaSet=rs0`);
    return true;
  } catch (error) {
    if (error.code !== AUTHENTICATION_FAILED) throw error;
    return false;
  }
}

for (const [name, {privileges = [], roles = []}] of Object.entries(users)) {
  const grants = {privileges, roles: roles.map((role) => ({role, db: "blog"}))};
  const pwd = fs.readFileSync(`${process.env.PASSWORDS}/${name}`, "utf8").trim();
  const role = `blog-${name}`;  // MongoDB has a role `backup` of its own
  createOr(
    ROLE_EXISTS,
    () => admin.createRole({role, ...grants}),
    () => admin.updateRole(role, grants),
  );
  createOr(
    EXISTS,
    () => admin.createUser({user: name, pwd, roles: [role]}),
    () => logsIn(name, pwd) || admin.updateUser(name, {pwd}),
  );
}
print(`users: ${Object.keys(users).join(", ")}`);
