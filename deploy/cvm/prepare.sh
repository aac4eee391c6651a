#!/bin/sh
# Puts the Java runtime and the jars of the enclave distribution where mkosi takes them from, with fixed times and order.
#   prepare.sh JDK_HOME
set -eu
jdk=${1:?the home of a JDK 25}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
jars=${ENIGMA_JARS:-$root/platform/target/enclave-lib}
target=$here/mkosi.extra/usr/lib/enigma
epoch=${SOURCE_DATE_EPOCH:?the time of the release: git log -1 --format=%ct}

rm -rf "$target"
mkdir -p "$target/lib"
"$jdk/bin/jlink" --add-modules java.base,java.logging,java.naming,java.net.http,java.xml,jdk.crypto.ec,jdk.unsupported \
  --strip-debug --no-man-pages --no-header-files --compress zip-0 --output "$target/java"
cp "$jars"/*.jar "$target/lib/"
# The dependencies are beside the jar of the platform itself.
platform=${ENIGMA_PLATFORM_JAR:-$(find "$root/platform/target" -maxdepth 1 -name 'enigma-platform-*.jar' ! -name '*-sources.jar' ! -name '*-tests.jar')}
cp "$platform" "$target/lib/enigma-platform.jar"
mkdir -p "$here/mkosi.extra/etc/systemd/system/sockets.target.wants"
ln -sfn /usr/lib/systemd/system/enigma-enclave.socket \
  "$here/mkosi.extra/etc/systemd/system/sockets.target.wants/enigma-enclave.socket"
find "$here/mkosi.extra" -exec touch --no-dereference --date="@$epoch" {} +
