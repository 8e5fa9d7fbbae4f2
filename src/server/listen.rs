//! The accept loop. axum's own has no time-out for headers and no limit of connections, and the address
//! is open to anybody: a client that sends one byte a minute must not hold a place for ever.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// What strangers may take of this process.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once. Further ones wait in the kernel.
    pub connections: usize,
    /// How long a request's head may take, and how long a connection may idle.
    pub header_timeout: Duration,
    /// How long requests may go on after the signal to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { connections: 1024, header_timeout: Duration::from_secs(10), grace: Duration::from_secs(10) }
    }
}

/// A request's head is never longer than this.
const HEAD: usize = 64 << 10;
/// The pause after the kernel refused to give us a connection, as when all file handles are in use.
const BREATH: Duration = Duration::from_millis(50);

/// Answers requests until `stop` becomes true; then takes no more and ends those under way.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        tokio::select! {
            () = stopped(&mut stop) => break,
            Some((stream, place)) = accept(&listener, &places) => {
                let answering = connection(stream, app.clone(), limits.header_timeout, stop.clone());
                open.spawn(async move {
                    answering.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let ended = timeout(limits.grace, async { while open.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::warn!(connections = open.len(), "requests did not end in time and are cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Some((stream, place)),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(BREATH).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    app: Router,
    header_timeout: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// Returns when `stop` is true, or nobody is left to make it so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // What `wait_for` returns is a lock on the value; it ends here.
    let _ = stop.wait_for(|stop| *stop).await;
}
