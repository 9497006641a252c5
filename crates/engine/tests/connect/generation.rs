use overseed_domain::rollout::Generation;
use overseed_engine::{
    Clock, Engine, Session,
    connect::connect,
    connection::Connection,
    generation::{generation_get, generation_set},
};

use super::{World, request};

#[tokio::test]
async fn what_is_deployed_to_is_kept_for_each_place() {
    let world = World::new(1);
    let session = world.session().await;
    assert_eq!(generation_get(&session).await.unwrap(), Generation::V1);
    let set = generation_set(&session, Generation::V2).await.unwrap();
    assert_eq!(set, Generation::V2);

    let mut other = world.reach();
    other.id = "sandbox-2".to_owned();
    let elsewhere = connect(&world.engine, request(), Some(other))
        .await
        .unwrap();
    assert_eq!(generation_get(&elsewhere).await.unwrap(), Generation::V1);

    let engine = Engine::open(world.folder.path().to_owned(), Clock::system()).unwrap();
    let later = connect(&engine, request(), Some(world.reach()))
        .await
        .unwrap();
    assert_eq!(generation_get(&later).await.unwrap(), Generation::V2);
}

#[tokio::test]
async fn core_devices_are_proposed_where_groups_have_ended() {
    let world = World::new(1);
    let session = world.session().await;
    let connection = Connection {
        v1_ended: true,
        ..(*session.connection).clone()
    };
    let ended = Session::begin(world.engine.clone(), connection, session.clients.clone())
        .await
        .unwrap();
    assert_eq!(generation_get(&ended).await.unwrap(), Generation::V2);
    generation_set(&ended, Generation::V1).await.unwrap();
    assert_eq!(generation_get(&ended).await.unwrap(), Generation::V1);
}
