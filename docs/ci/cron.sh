#!/usr/bin/env bash
# Every night from cron, which mails what this prints: the news, or what went wrong. A quiet night prints nothing.
#
#   MAILTO=authors@example.org
#   23 2 * * *  /srv/code-samples/cron.sh /srv/site content
#
# SITE is a checkout of the site, PAGES what to check of it; FOLDER (beside this file) takes lock, log and reports.
set -uo pipefail

site=$1
shift
folder=${FOLDER:-$(dirname "$(readlink -f "$0")")}
out=$folder/harness-nightly
log=$folder/harness-nightly.log

exec 9>"$folder/harness-nightly.lock"
if ! flock --nonblock 9; then
  echo "the night before is not over yet: $log"
  exit 75
fi

date --utc '+== %FT%TZ' >>"$log"
cd "$site" || exit 2
git pull --quiet --ff-only >>"$log" 2>&1 || echo "the site is as it was: git pull failed, see $log"
harness nightly "$@" --out "$out" >>"$log" 2>&1
code=$?
case $code in
  0) ;;
  1) cat "$out/news.md" && echo "all of it: $out/site/index.html" ;;
  *) echo "harness nightly left with exit code $code:" && tail -n 20 "$log" ;;
esac
exit "$code"
