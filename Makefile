.PHONY: help demo test lint format shell bench clean
K ?=
PORT ?= 8069
ALL ?=
export K PORT ALL KEEP

help:   ; @dev/run help
demo:   ; @dev/run demo
test:   ; @dev/run test
lint:   ; @dev/run lint
format: ; @dev/run format
shell:  ; @dev/run shell
bench:  ; @dev/run bench
clean:  ; @dev/run clean
