// After users.js: the users that a rotated password belongs to (user_service/bootstrap/rotation.py), each with the rights of
// its namesake. Their Secret names those that there are.
for (const second of fs.readdirSync(process.env.PASSWORDS).filter((name) => name.endsWith("-2"))) {
  const pwd = fs.readFileSync(`${process.env.PASSWORDS}/${second}`, "utf8").trim();
  createOr(
    EXISTS,
    () => admin.createUser({user: second, pwd, roles: [`blog-${second.slice(0, -2)}`]}),
    () => logsIn(second, pwd) || admin.updateUser(second, {pwd}),
  );
  print(`users: ${second}`);
}
