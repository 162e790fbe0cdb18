// A member is ready when it serves: the next one is restarted only then. Before the set is initiated each of them is,
// because the Job that initiates waits for all.
const {isWritablePrimary, secondary, setName} = db.hello();
quit(isWritablePrimary || secondary || !setName ? 0 : 1);
