//! The sandbox's account as others see it: asked without the app.

use overseed_aws::v2::ListedDeployment;
use overseed_aws::{Clients, Clock, Spec, connect};

use super::window::Folder;

/// The clients of the sandbox that a test has started.
pub async fn clients(folder: &Folder) -> Clients {
    let sandbox = overseed_sandbox::process::attach(&folder.data())
        .unwrap()
        .expect("the sandbox outlives the app");
    let spec = Spec {
        region: Some(sandbox.region),
        endpoint: Some(sandbox.endpoint),
        keys: Some((sandbox.access_key_id, sandbox.secret_access_key)),
        profile: None,
        whereabouts: None,
    };
    connect(spec, &Clock::system()).await.unwrap().clients
}

/// How many bulk deployments the account has ever seen.
pub async fn bulk_deployments(folder: &Folder) -> usize {
    let clients = clients(folder).await;
    let page = clients.list_bulk_deployments(None).await.unwrap();
    page.items.len()
}

/// All deployments that have ever been made to things and thing groups, newest first.
pub async fn deployments(folder: &Folder) -> Vec<ListedDeployment> {
    let clients = clients(folder).await;
    let (mut all, mut token) = (Vec::new(), None::<String>);
    loop {
        let page = clients.list_deployments(None, false, token.as_deref());
        let page = page.await.unwrap();
        all.extend(page.items);
        token = page.next;
        if token.is_none() {
            return all;
        }
    }
}

/// The names of all core devices.
pub async fn core_devices(folder: &Folder) -> Vec<String> {
    let clients = clients(folder).await;
    let (mut all, mut token) = (Vec::new(), None::<String>);
    loop {
        let page = clients.list_core_devices(token.as_deref()).await.unwrap();
        all.extend(page.items.into_iter().map(|device| device.thing_name));
        token = page.next;
        if token.is_none() {
            return all;
        }
    }
}
