# keyfence in a container: the program on a small Debian. It needs no git there, and asks nobody who owns the files.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
COPY --from=build /src/target/release/keyfence /usr/local/bin/keyfence
WORKDIR /src
CMD ["keyfence", "scan"]
