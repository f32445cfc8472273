#!/usr/bin/env bash
# Makes the command `nextflow` from Maven's packages, since its own installer asks a site that CI may not reach.
#
#   .ci/workflows/nextflow-install.sh DIR       then: PATH=DIR/bin:$PATH
#
# 45 MB, half a minute the first time; afterwards it only looks. The command never asks for updates or plug-ins.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
version=25.04.4
language=25.04.0 # the only release of the parser's package
dir=$1
mark=$dir/made-by-$(sha256sum "$0" | cut -c1-16)
if [ -e "$mark" ]; then exit 0; fi

wanted=()
command -v mvn >/dev/null || wanted+=(maven)
command -v javac >/dev/null || wanted+=(openjdk-17-jdk-headless)
if [ "${#wanted[@]}" -gt 0 ]; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
fi

rm -rf "$dir"
mkdir -p "$dir"/{bin,jars,mended/src,mended/classes}
# lib-trace, which this program does not use, is in no package registry
cat >"$dir/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>ci</groupId><artifactId>nextflow-from-packages</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>io.nextflow</groupId><artifactId>nf-lang</artifactId><version>$language</version></dependency>
    <dependency>
      <groupId>io.nextflow</groupId><artifactId>nextflow</artifactId><version>$version</version>
      <exclusions>
        <exclusion><groupId>io.seqera</groupId><artifactId>lib-trace</artifactId></exclusion>
        <exclusion><groupId>io.nextflow</groupId><artifactId>nf-lang</artifactId></exclusion>
      </exclusions>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B -f "$dir/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$dir/jars"

# the parser's older package answers `lint` with null where the newer program wants a list: this class in front of it does not
mkdir -p "$dir/mended/src/nextflow/script/control"
cat >"$dir/mended/src/nextflow/script/control/LazyErrorCollector.java" <<'JAVA'
package nextflow.script.control;

import java.util.ArrayList;
import java.util.List;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.ErrorCollector;
import org.codehaus.groovy.control.messages.Message;
import org.codehaus.groovy.control.messages.WarningMessage;

public class LazyErrorCollector extends ErrorCollector {
    public LazyErrorCollector(CompilerConfiguration configuration) { super(configuration); }

    @Override
    protected void failIfErrors() { }

    @Override
    public List<? extends Message> getErrors() {
        List<? extends Message> found = super.getErrors();
        return found != null ? found : new ArrayList<Message>();
    }

    @Override
    public List<WarningMessage> getWarnings() {
        List<WarningMessage> found = super.getWarnings();
        return found != null ? found : new ArrayList<WarningMessage>();
    }
}
JAVA
javac -proc:none -cp "$dir/jars/*" -d "$dir/mended/classes" "$dir"/mended/src/nextflow/script/control/*.java

{
  echo '#!/usr/bin/env bash'
  echo 'here=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)'
  echo 'export NXF_OFFLINE=true NXF_DISABLE_CHECK_LATEST=true NXF_CLI="nextflow $*"'
  printf 'exec java'
  # what Groovy reaches into, on a Java that keeps its packages closed
  for package in io lang lang.invoke net nio time util util.concurrent util.concurrent.atomic util.concurrent.locks util.regex; do
    printf ' --add-opens=java.base/java.%s=ALL-UNNAMED' "$package"
  done
  for package in jdk.internal.misc jdk.internal.vm sun.nio.ch sun.nio.fs sun.net.www.protocol.{file,ftp,http,https}; do
    printf ' --add-opens=java.base/%s=ALL-UNNAMED' "$package"
  done
  echo ' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${NXF_OPTS:-} -cp "$here/mended/classes:$here/jars/*" nextflow.cli.Launcher "$@"'
} >"$dir/bin/nextflow"
chmod +x "$dir/bin/nextflow"
"$dir/bin/nextflow" -version >/dev/null
touch "$mark"
