# Two commands: `make demo` shows the whole product with a demonstration city, `make test` runs every test.
# Both install what is missing on a Debian 12 with Go and Node, as root or as a user with sudo.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VAR    := $(CURDIR)/var
SETUP  := $(VAR)/setup
MODELS := $(VAR)/models
CLIP   := $(SETUP)/vtest.avi
CLIP_SHA256 := 45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf
BINARY := $(VAR)/bin/gridwatch

# OpenCV 4.6 lacks what the other parts of gocv need.
TAGS := gocv_specific_modules,gocv_videoio
export GOFLAGS := -buildvcs=false -tags=$(TAGS)
export CGO_ENABLED := 1

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

# What the program runs with, and what only its tests need.
RUN_PACKAGES  := ca-certificates pkg-config g++ libopencv-dev ffmpeg postgresql-15 postgresql-15-postgis-3 gdal-bin
TEST_PACKAGES := chromium fonts-wqy-zenhei python3-gi gir1.2-gst-rtsp-server-1.0 \
                 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad

# The detector and its runtime come from npm packages; their files' checksums are in vision/infer.
MODEL_PACKAGE   := @vladmandic/human@1.8.5
MODEL_ARCHIVE   := $(SETUP)/vladmandic-human-1.8.5.tgz
RUNTIME_PACKAGE := sherpa-onnx-linux-$(if $(filter aarch64,$(shell uname -m)),arm64,x64)@1.13.8
RUNTIME_ARCHIVE := $(SETUP)/$(subst @,-,$(RUNTIME_PACKAGE)).tgz
DETECTOR        := $(MODELS)/nanodet-g.onnx

GO_SOURCES  := $(shell find alerts cmd configs geo migrations vision web -path '*/node_modules' -prune -o \
                 -path web/app -prune -o -type f -not -name '*_test.go' -print)
APP_SOURCES := $(shell find web/app -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print)

say = @printf '\033[1m== %s\033[0m\n' '$(1)'

.PHONY: help demo clean-demo build test test-long bench eval check run-packages test-packages

help: ## Say what can be made.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: build $(CLIP) ## Start everything with the demonstration city on 127.0.0.1:8080; Ctrl-C stops it.
	@exec $(BINARY) demo --dir $(VAR)/demo --models $(MODELS) --clip $(CLIP)

clean-demo: ## Remove the demonstration's database, pictures and logins.
	@if [ -x $(BINARY) ]; then $(BINARY) demo --remove --dir $(VAR)/demo; else rm -rf $(VAR)/demo; fi

build: run-packages $(BINARY) $(DETECTOR) ## Build the pages, the one binary and the detector.

test: test-packages $(BINARY) $(DETECTOR) $(CLIP) ## Run every test: Go on a real PostGIS, TypeScript, and the pages in Chromium.
	@.ci/test

test-long: export GRIDWATCH_E2E := long
test-long: test ## Every test, and the long walks through the pages too.

bench: build $(CLIP) ## Measure the figures; they are written to var/bench.json.
	@.ci/bench

eval: build $(CLIP) ## Run labelled clips and print how far the rules can be trusted; written to var/eval.json. Then cut them off.
	@$(BINARY) eval --models $(MODELS) --clip $(CLIP) --cache $(VAR)/eval/clips --out $(VAR)/eval.json
	@GRIDWATCH_EVAL_CLIPS=$(VAR)/eval/clips GRIDWATCH_VTEST=$(CLIP) go test -count=1 -run '^TestEvalClips' ./vision/capture

check: web/app/node_modules/.package-lock.json ## Format and vet.
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'not formatted'; exit 1; }
	@go vet ./...
	@npm --prefix web/app run --silent check

# Installing asks for nothing when everything is there. A PostgreSQL that is installed here makes no cluster of its own.
define install
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		printf '\033[1m== Installing: %s\033[0m\n' "$$(echo $$missing)"; \
		if echo $$missing | grep -q postgresql-15 && [ ! -e /etc/postgresql-common/createcluster.conf ]; then \
			$(SUDO) mkdir -p /etc/postgresql-common; \
			echo 'create_main_cluster = false' | $(SUDO) tee /etc/postgresql-common/createcluster.conf >/dev/null; \
		fi; \
		$(SUDO) apt-get update -q; \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	fi
endef

run-packages:
	$(call install,$(RUN_PACKAGES))

test-packages: run-packages
	$(call install,$(TEST_PACKAGES))

$(SETUP) $(MODELS):
	@mkdir -p $@

$(CLIP): | $(SETUP) run-packages
	$(call say,Fetching the real clip (Debian package opencv-doc))
	@cd $(SETUP) && { apt-get download opencv-doc 2>/dev/null || { $(SUDO) apt-get update -q && apt-get download opencv-doc; }; }
	@dpkg-deb --fsys-tarfile $(SETUP)/opencv-doc_*.deb \
		| tar -x -O ./usr/share/doc/opencv-doc/examples/data/vtest.avi > $@.part
	@echo '$(CLIP_SHA256)  $@.part' | sha256sum --check --quiet
	@mv $@.part $@ && rm -f $(SETUP)/opencv-doc_*.deb



$(MODEL_ARCHIVE): | $(SETUP)
	$(call say,Fetching the detector (npm $(MODEL_PACKAGE)))
	@cd $(SETUP) && npm pack --silent $(MODEL_PACKAGE) >/dev/null

$(RUNTIME_ARCHIVE): | $(SETUP)
	$(call say,Fetching the inference runtime (npm $(RUNTIME_PACKAGE)))
	@cd $(SETUP) && npm pack --silent $(RUNTIME_PACKAGE) >/dev/null

$(DETECTOR): $(MODEL_ARCHIVE) $(RUNTIME_ARCHIVE) | $(BINARY) $(MODELS)
	$(call say,Converting the detector to ONNX)
	@$(BINARY) models --model $(MODEL_ARCHIVE) --runtime $(RUNTIME_ARCHIVE) --out $(MODELS)
	@touch $@

web/app/node_modules/.package-lock.json: web/app/package-lock.json
	$(call say,Installing npm packages)
	@npm --prefix web/app ci --silent --no-audit --no-fund
	@touch $@

web/app/dist/.built: web/app/node_modules/.package-lock.json $(APP_SOURCES)
	$(call say,Building the pages)
	@npm --prefix web/app run --silent build
	@touch $@

$(BINARY): $(GO_SOURCES) go.mod go.sum web/app/dist/.built | run-packages
	$(call say,Building gridwatch)
	@mkdir -p $(@D) && go build -o $@ ./cmd/gridwatch
