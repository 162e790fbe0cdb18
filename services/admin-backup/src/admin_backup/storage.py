"""What the commands about backups read from the environment, beside MONGO_URL."""

from pydantic import Field, SecretStr

from chassis.settings import FromEnvironment


class StorageSettings(FromEnvironment):
    """Where backups are kept, who may read them, and where they are proven."""

    backup_dir: str  # a directory, or s3://BUCKET/PREFIX with AWS_ENDPOINT_URL, AWS_REGION and a key's AWS_… variables
    backup_recipients: str = ""  # age's public keys, divided by blanks; without one backups are not encrypted
    backup_identity: SecretStr | None = None  # what `age-keygen` wrote: the key that opens an encrypted backup
    scratch_mongo_url: SecretStr | None = None  # where `verify` restores to; without it a mongod of its own
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
