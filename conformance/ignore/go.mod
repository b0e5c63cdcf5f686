module plimsoll/conformance/ignore

go 1.23

require github.com/moby/patternmatcher v0.6.0
