"""What only user-service reads from the environment."""

from pydantic import DirectoryPath, Field

from chassis.settings import Settings

SERVICE = "user-service"


class UserSettings(Settings):
    """Settings of user-service."""

    keys_dir: DirectoryPath  # one private key a file, KEYID.pem
    key_settle_seconds: int = Field(default=180, ge=0)  # until every pod has read a new key; then it signs
    login_minutes: int = Field(default=15, ge=1)  # how long a token holds
    login_attempts_per_account: int = Field(default=10, ge=1)  # in one window
    login_attempts_per_address: int = Field(default=100, ge=1)  # a school shares one address
    login_window_seconds: int = Field(default=300, ge=1)
