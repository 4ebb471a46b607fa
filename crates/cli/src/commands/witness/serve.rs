//! `seaproof witness serve`: the only async code there is. Requests are read here within bounds; what is answered is
//! decided by [`seaproof_ledger::witness`].

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use clap::Parser;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request as HttpRequest, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::note::VerifierKey;
use seaproof_ledger::witness::{REQUEST_MAX, Refusal, Request, Untrusted, WitnessError};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::commands::verify::read_policy;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::clean;
use crate::witnessing::{Witness, WitnessArgs, log_key};

/// Connections at once; others wait to be accepted.
const CONNECTIONS_MAX: usize = 64;
/// How long a request's head may take, and a connection wait for its next request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a request's body may take.
const BODY_TIME: Duration = Duration::from_secs(10);
/// How long a connection may last.
const CONNECTION_TIME: Duration = Duration::from_secs(120);
/// How long requests under way are waited for at the end.
const END_TIME: Duration = Duration::from_secs(5);
/// The longest request head, in bytes.
const HEAD_MAX: usize = 16 << 10;

#[derive(Debug, Parser)]
pub struct Args {
    #[command(flatten)]
    witness: WitnessArgs,
    /// The key of a log to cosign, as `seaproof checkpoint --vkey` prints it. May be repeated
    #[arg(long, value_name = "VKEY", required_unless_present = "policy")]
    log: Vec<String>,
    /// A policy file whose log lines name further logs
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7878")]
    listen: SocketAddr,
}

/// What every connection needs.
struct Service {
    witness: Witness,
    /// Requests wait here for each other; other processes are waited for with less patience.
    turn: Mutex<()>,
    logs: Vec<VerifierKey>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let mut logs = args
        .log
        .iter()
        .map(|key| log_key(key))
        .collect::<Result<Vec<_>>>()?;
    if let Some(policy) = &args.policy {
        logs.extend(read_policy(policy)?.logs().iter().cloned());
    }
    if logs.is_empty() {
        return Err(Error::usage("no log to cosign was named")
            .remedy("Name one with --log VKEY, or by a log line in the policy."));
    }
    let witness = args.witness.open()?;
    if let Some(log) = logs.iter().find(|log| log.key() == witness.key().key()) {
        return Err(Error::usage(format!(
            "the key {} is that of the log {}; a witness has a key of its own",
            fingerprint(&log.key()),
            clean(log.name().as_str())
        ))
        .remedy("Make one with `seaproof key new`, and name it with --key."));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::storage("cannot serve", &error))?;
    let service = Arc::new(Service {
        witness,
        turn: Mutex::new(()),
        logs,
    });
    runtime.block_on(async {
        let listener = TcpListener::bind(args.listen).await.map_err(|error| {
            Error::storage(format_args!("cannot listen on {}", args.listen), &error)
        })?;
        let at = listener
            .local_addr()
            .map_err(|error| Error::storage("cannot listen", &error))?;
        let end = ending().map_err(|error| Error::storage("cannot wait for signals", &error))?;
        announce(ctx, at, &service)?;
        serve(listener, service, end).await;
        Ok(())
    })
}

fn announce(ctx: &mut Context, at: SocketAddr, service: &Service) -> Result<()> {
    let key = service.witness.key();
    if !at.ip().is_loopback() {
        ctx.note("other computers can reach this address, without TLS. Cosignatures need none; who asks is not kept secret.");
    }
    if ctx.json {
        let logs: Vec<_> = service.logs.iter().map(ToString::to_string).collect();
        ctx.out.json(&json!({
            "url": format!("http://{at}"), "name": key.name().as_str(), "vkey": key.to_string(), "logs": logs,
        }))?;
    } else {
        ctx.out.line(format_args!("Listening  http://{at}"))?;
        ctx.out.line(format_args!("Witness    {key}"))?;
        for log in &service.logs {
            ctx.out
                .line(format_args!("Log        {}", clean(log.name().as_str())))?;
        }
    }
    // Somebody may be waiting for it.
    ctx.out.finish()
}

/// Becomes ready when somebody wants the server to end. From when it is made on no signal is missed.
#[cfg(unix)]
fn ending() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        either(interrupted.recv(), terminated.recv()).await;
    })
}

/// Becomes ready when somebody wants the server to end.
#[cfg(not(unix))]
fn ending() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Waits for whichever of two is ready first; whether that was the first.
async fn either<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> bool {
    let (mut a, mut b) = (pin!(a), pin!(b));
    std::future::poll_fn(|cx| {
        if a.as_mut().poll(cx).is_ready() {
            return Poll::Ready(true);
        }
        b.as_mut().poll(cx).map(|_| false)
    })
    .await
}

/// Accepts connections until the end, and then waits for what is under way.
async fn serve(listener: TcpListener, service: Arc<Service>, end: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (tell, told) = watch::channel(false);
    either(accept(&listener, &service, &places, &told), end).await;
    drop(listener);
    let _ = tell.send(true);
    // Whoever holds a place is being answered.
    let all = places.acquire_many(CONNECTIONS_MAX as u32);
    let _ = timeout(END_TIME, all).await;
}

async fn accept(
    listener: &TcpListener,
    service: &Arc<Service>,
    places: &Arc<Semaphore>,
    told: &watch::Receiver<bool>,
) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (service, told) = (Arc::clone(service), told.clone());
                tokio::spawn(async move {
                    let _ = timeout(CONNECTION_TIME, connection(stream, service, told)).await;
                    drop(place);
                });
            }
            // Too many open files, say: others may go.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Answers the requests of one connection.
async fn connection(stream: TcpStream, service: Arc<Service>, mut told: watch::Receiver<bool>) {
    let answering = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(answer(service, request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_MAX);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), answering));
    let ending = async {
        let _ = told.wait_for(|ended| *ended).await;
    };
    if !either(serving.as_mut(), ending).await {
        serving.as_mut().graceful_shutdown();
        let _ = serving.await;
    }
}

type Answer = Response<Full<Bytes>>;

async fn answer(service: Arc<Service>, request: HttpRequest<Incoming>) -> Answer {
    if request.uri().path() != "/add-checkpoint" {
        return said(
            StatusCode::NOT_FOUND,
            "there is nothing here but /add-checkpoint",
        );
    }
    if request.method() != Method::POST {
        return said(StatusCode::METHOD_NOT_ALLOWED, "ask with POST");
    }
    let body = Limited::new(request.into_body(), REQUEST_MAX).collect();
    let body = match timeout(BODY_TIME, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return said(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the request is longer than 64 KiB",
            );
        }
        Ok(Err(_)) => return said(StatusCode::BAD_REQUEST, "the request breaks off"),
        Err(_) => return said(StatusCode::REQUEST_TIMEOUT, "the request took too long"),
    };
    // Signing and syncing files blocks; and what was begun is ended, also if nobody waits for it any more.
    let done = tokio::task::spawn_blocking(move || decide(&service, &body)).await;
    done.unwrap_or_else(|_| said(StatusCode::INTERNAL_SERVER_ERROR, "the request failed"))
}

/// The answer to a request's body, in the order of FORMAT.md §22.
fn decide(service: &Service, body: &[u8]) -> Answer {
    let request = match Request::parse(body) {
        Ok(request) => request,
        Err(error) => return said(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let signed = match request.by_one_of(&service.logs) {
        Ok(signed) => signed,
        Err(error @ Untrusted::UnknownOrigin { .. }) => {
            return said(StatusCode::NOT_FOUND, &error.to_string());
        }
        Err(error @ Untrusted::Signature(_)) => {
            return said(StatusCode::FORBIDDEN, &error.to_string());
        }
    };
    // Nothing is kept under it: poisoned or not, it only makes a queue.
    let _turn = service.turn.lock();
    match service.witness.cosign(&signed) {
        Ok(line) => said(StatusCode::OK, &line.to_string()),
        Err(WitnessError::Refused(refusal)) => refused(&refusal),
        Err(error @ WitnessError::Busy) => {
            said(StatusCode::SERVICE_UNAVAILABLE, &error.to_string())
        }
        Err(error) => said(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let conflict = |size: &seaproof_ledger::ids::TreeSize| {
        let mut answer = said(StatusCode::CONFLICT, &size.to_string());
        let kind = HeaderValue::from_static("text/x.tlog.size");
        answer.headers_mut().insert(CONTENT_TYPE, kind);
        answer
    };
    match refusal {
        Refusal::OtherSize { last, .. } => conflict(last),
        Refusal::OtherRoot { size, .. } => conflict(size),
        Refusal::Reversed { .. } => said(StatusCode::BAD_REQUEST, &refusal.to_string()),
        Refusal::Proof(_) => said(StatusCode::UNPROCESSABLE_ENTITY, &refusal.to_string()),
        Refusal::LogKey => said(StatusCode::FORBIDDEN, &refusal.to_string()),
    }
}

fn said(status: StatusCode, words: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(format!("{words}\n"))));
    *answer.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}
