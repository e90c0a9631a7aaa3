# shellcheck shell=bash
# DynamoDB Local from Maven: for its own script, and for LocalStack, which would fetch it from elsewhere.

DYNAMODB_LOCAL_VERSION=2.6.1

# install_dynamodb_local FOLDER: its libraries. Two Mavens at a time would write the same files.
install_dynamodb_local() {
  local folder=$1
  [ -f "$folder/DynamoDBLocal-$DYNAMODB_LOCAL_VERSION.jar" ] && return
  needs javac default-jdk-headless
  needs mvn maven
  say "installing DynamoDB Local $DYNAMODB_LOCAL_VERSION"
  rm -rf "${folder:?}"
  cat >"$dir/pom.xml" <<EOF_POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId>
      <version>$DYNAMODB_LOCAL_VERSION</version>
    </dependency>
  </dependencies>
</project>
EOF_POM
  flock "${TMPDIR:-/tmp}/colony-emulators-maven.lock" \
    mvn --quiet --batch-mode --file "$dir/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$folder" >"$dir/mvn.log" 2>&1 9>&- ||
    fail "Maven could not fetch it, see $dir/mvn.log"
}

# dynamodb_local_command FOLDER: sets $dynamodb_local, which wants the port as a last word.
dynamodb_local_command() {
  dynamodb_local=(java -Xmx256m "-Djava.library.path=$1" -cp "$1/*"
    "$root/scripts/emulators/LoopbackDynamoDb.java")
}
