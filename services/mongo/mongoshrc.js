// What mongosh reads at its start in a member's container: it lands in `blog`, and may read there.
db.getSiblingDB("admin").auth("reader", require("fs").readFileSync(`${process.env.PASSWORDS}/reader`, "utf8").trim());
db = db.getSiblingDB("blog");
