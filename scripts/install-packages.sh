#!/usr/bin/env bash
# Installs from the distribution what hookdrill's build ("build") or also its tests ("test") need, and says nothing when
# all of it is there. For Debian 12, Debian 13 and Ubuntu 24.04; as root, or as a user who may use sudo.
set -euo pipefail

# The oldest Boost with Boost.URL is 1.81. Debian 12 has it beside its default 1.74; Debian 13 and Ubuntu 24.04 have 1.83.
boost_versions=(1.83 1.81)

case "${1-build}" in
  build) packages=(g++ cmake ninja-build pkg-config ca-certificates libssl-dev zlib1g-dev
                   libcli11-dev libtomlplusplus-dev libfmt-dev) ;;
  test) packages=(catch2 nginx-light python3 python3-flask curl openssl iproute2 nftables
                  python3-jsonschema python3-junitparser python3-yaml python3-prometheus-client python3-cryptography
                  libxml2-utils cmark-gfm)
        # On Ubuntu Chromium is a snap, which needs a running system; the browser's tests say there that they are skipped.
        if grep -q '^ID=debian' /etc/os-release; then packages+=(chromium); fi
        command -v node >/dev/null || packages+=(nodejs)
        command -v npm >/dev/null || packages+=(npm) ;;
  *) echo "usage: $0 [build|test]" >&2; exit 2 ;;
esac

installed() { [[ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null)" == ii* ]]; }
available() { [[ -n "$(apt-cache madison "$1" 2>/dev/null)" ]]; }
boost_packages() { echo "libboost$1-dev" "libboost-json$1-dev" "libboost-url$1-dev"; }

missing=()
for package in "${packages[@]}"; do
  # Ubuntu 24.04 and Debian 13 may have a fuller nginx installed already; any of them will do.
  [[ $package == nginx-light ]] && command -v nginx >/dev/null && continue
  installed "$package" || missing+=("$package")
done

has_boost() {
  local version package
  for version in "${boost_versions[@]}"; do
    for package in $(boost_packages "$version"); do
      installed "$package" || continue 2
    done
    return 0
  done
  return 1
}

need_boost=false
if [[ ${1-build} == build ]] && ! has_boost; then need_boost=true; fi
if [[ ${#missing[@]} -eq 0 && $need_boost == false ]]; then exit 0; fi

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and there is neither root nor sudo to install them: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }

echo "Updating the package lists ..."
apt_get update
if [[ $need_boost == true ]]; then
  for version in "${boost_versions[@]}"; do
    if available "libboost-url$version-dev"; then
      read -r -a boost <<<"$(boost_packages "$version")"
      missing+=("${boost[@]}")
      need_boost=false
      break
    fi
  done
  if [[ $need_boost == true ]]; then
    echo "This distribution offers none of the Boost versions that hookdrill builds with: ${boost_versions[*]}" >&2
    exit 1
  fi
fi
echo "Installing ${missing[*]} ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt_get install --no-install-recommends -y "${missing[@]}" >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
