#!/bin/sh
# Renders the manifest of one enclave process.
#   build.sh worker|key_manager DIRECTORY [simulation|hardware]
# DIRECTORY gets ROLE.manifest, and a lib/ with the jars of the enclave distribution.
# ENIGMA_JARS names the jars' directory; default: what `mvn -pl platform -am package` makes.
set -eu
role=$1
directory=$(realpath -m "$2")
mode=${3:-hardware}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
jars=${ENIGMA_JARS:-$root/platform/target/enclave-lib}
java_home=${ENIGMA_JAVA_HOME:-${JAVA_HOME:?set JAVA_HOME to a JDK 25 or a runtime made by jlink}}

case $role in
  worker) product=1 heap=2g size=4G ;;
  key_manager) product=2 heap=512m size=2G ;;
  *) echo "the role is worker or key_manager" >&2; exit 2 ;;
esac
case $mode in
  simulation) sgx_mounts=0 ;;
  hardware) sgx_mounts=${ENIGMA_SGX_MOUNTS:-1} ;;
  *) echo "the mode is simulation or hardware" >&2; exit 2 ;;
esac

mkdir -p "$directory/lib" "$directory/state-$role"
cp "$jars"/*.jar "$directory/lib/"
# The dependencies are beside the jar of the platform itself.
platform=${ENIGMA_PLATFORM_JAR:-$(find "$root/platform/target" -maxdepth 1 -name 'enigma-platform-*.jar' ! -name '*-sources.jar' ! -name '*-tests.jar')}
cp "$platform" "$directory/lib/enigma-platform.jar"
# One fixed order: the class path is part of the measurement.
classpath=$(find "$directory/lib" -name '*.jar' | LC_ALL=C sort | paste -sd:)

gramine-manifest \
  -Darch_libdir="/lib/$(gcc -dumpmachine 2>/dev/null || echo x86_64-linux-gnu)" \
  -Djava_home="$(realpath "$java_home")" \
  -Dhome="$directory" \
  -Dclasspath="$classpath" \
  -Dstate="$directory/state-$role" \
  -Drole="$(echo "$role" | tr a-z A-Z)" \
  -Dmode="$(echo "$mode" | tr a-z A-Z)" \
  -Dsgx_mounts="$sgx_mounts" \
  -Dheap="$heap" \
  -Denclave_size="$size" \
  -Dproduct="$product" \
  -Dversion="${ENIGMA_VERSION:-1}" \
  "$here/enclave.manifest.template" "$directory/$role.manifest"
echo "$directory/$role.manifest"
