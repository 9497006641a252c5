//! Buckets and objects.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, ChecksumAlgorithm, ChecksumMode, CompletedMultipartUpload,
    CompletedPart, CreateBucketConfiguration, ServerSideEncryption,
};

use crate::clients::{admin, config_of, credentials, refusal, s3, start};

const BUCKET: &str = "overseed-demo-000000000000";

#[tokio::test]
async fn an_object_goes_in_and_comes_out() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let body: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("plans/a b+ü.jsonl")
        .metadata("plan", "p-1")
        .content_type("application/x-ndjson")
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .body(ByteStream::from(body.clone()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        put.server_side_encryption(),
        Some(&ServerSideEncryption::Aes256)
    );
    let head = s3
        .head_object()
        .bucket(BUCKET)
        .key("plans/a b+ü.jsonl")
        .checksum_mode(ChecksumMode::Enabled)
        .send()
        .await
        .unwrap();
    assert_eq!(head.content_length(), Some(1_200_000));
    assert_eq!(head.e_tag(), put.e_tag());
    assert!(head.checksum_sha256().is_some());
    assert_eq!(head.checksum_sha256(), put.checksum_sha256());
    assert_eq!(head.metadata().unwrap()["plan"], "p-1");
    assert_eq!(head.content_type(), Some("application/x-ndjson"));
    let got = s3
        .get_object()
        .bucket(BUCKET)
        .key("plans/a b+ü.jsonl")
        .send()
        .await
        .unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), body);
    let part = s3
        .get_object()
        .bucket(BUCKET)
        .key("plans/a b+ü.jsonl")
        .range("bytes=4-7");
    let part = part.send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 4-7/1200000"));
    assert_eq!(
        part.body.collect().await.unwrap().into_bytes(),
        1u32.to_le_bytes().as_slice()
    );

    let listed = s3
        .list_objects_v2()
        .bucket(BUCKET)
        .delimiter("/")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.common_prefixes()[0].prefix(), Some("plans/"));
    s3.delete_object()
        .bucket(BUCKET)
        .key("plans/a b+ü.jsonl")
        .send()
        .await
        .unwrap();
    let gone = s3
        .get_object()
        .bucket(BUCKET)
        .key("plans/a b+ü.jsonl")
        .send()
        .await;
    assert_eq!(refusal(gone).0, "NoSuchKey");
    let files = std::fs::read_dir(
        sandbox
            .settings()
            .state_dir
            .clone()
            .unwrap()
            .join("objects"),
    );
    assert_eq!(files.unwrap().count(), 0, "no bytes are left behind");
}

#[tokio::test]
async fn a_checksum_that_does_not_fit_is_refused() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .checksum_sha256("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        .body(ByteStream::from_static(b"not empty"));
    assert_eq!(refusal(put.send().await).0, "BadDigest");
    let head = s3.head_object().bucket(BUCKET).key("k").send().await;
    assert!(head.is_err(), "nothing was kept");
}

#[tokio::test]
async fn every_checksum_algorithm_of_the_sdk_is_kept() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    for algorithm in [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        let put = s3.put_object().bucket(BUCKET).key(algorithm.as_str());
        let put = put
            .checksum_algorithm(algorithm)
            .body(ByteStream::from_static(b"hello"));
        let put = put.send().await.unwrap();
        let sums = [
            put.checksum_crc32(),
            put.checksum_crc32_c(),
            put.checksum_crc64_nvme(),
            put.checksum_sha1(),
            put.checksum_sha256(),
        ];
        assert_eq!(sums.iter().flatten().count(), 1);
    }
}

#[tokio::test]
async fn parts_become_one_object() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let begin = || {
        s3.create_multipart_upload()
            .bucket(BUCKET)
            .key("big")
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .send()
    };
    let id = begin().await.unwrap().upload_id.unwrap();
    let first = vec![7u8; 5 * 1024 * 1024];
    let second = b"the rest".to_vec();
    let mut done = Vec::new();
    for (number, bytes) in [(1, &first), (2, &second)] {
        let part = s3
            .upload_part()
            .bucket(BUCKET)
            .key("big")
            .upload_id(&id)
            .part_number(number)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .body(ByteStream::from(bytes.clone()))
            .send()
            .await
            .unwrap();
        let entry = CompletedPart::builder().part_number(number);
        let entry = entry
            .set_e_tag(part.e_tag)
            .set_checksum_crc32(part.checksum_crc32);
        done.push(entry.build());
    }
    let parts = s3
        .list_parts()
        .bucket(BUCKET)
        .key("big")
        .upload_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(parts.parts().len(), 2);
    let complete = |id: &str, parts: Vec<CompletedPart>| {
        s3.complete_multipart_upload()
            .bucket(BUCKET)
            .key("big")
            .upload_id(id)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts))
                    .build(),
            )
            .send()
    };
    let mut backwards = done.clone();
    backwards.reverse();
    assert_eq!(
        refusal(complete(&id, backwards).await).0,
        "InvalidPartOrder"
    );
    let object = complete(&id, done.clone()).await.unwrap();
    assert!(
        object.e_tag().unwrap().ends_with("-2\""),
        "{:?}",
        object.e_tag()
    );
    assert!(object.checksum_crc32().unwrap().ends_with("-2"));
    let got = s3
        .get_object()
        .bucket(BUCKET)
        .key("big")
        .send()
        .await
        .unwrap();
    let bytes = got.body.collect().await.unwrap().into_bytes();
    assert_eq!(bytes.len(), first.len() + second.len());
    assert!(bytes.ends_with(b"the rest"));
    assert_eq!(refusal(complete(&id, done).await).0, "NoSuchUpload");

    let id = begin().await.unwrap().upload_id.unwrap();
    let listed = s3
        .list_multipart_uploads()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    assert_eq!(listed.uploads()[0].upload_id(), Some(id.as_str()));
    let abort = || {
        s3.abort_multipart_upload()
            .bucket(BUCKET)
            .key("big")
            .upload_id(&id)
            .send()
    };
    abort().await.unwrap();
    assert_eq!(refusal(abort().await).0, "NoSuchUpload");
}

#[tokio::test]
async fn a_bucket_is_in_a_region() {
    let (sandbox, _) = start();
    let config = admin(&sandbox);
    let s3_here = s3(&config);
    let elsewhere = "overseed-elsewhere-000000000000";
    let head = s3_here
        .head_bucket()
        .bucket(elsewhere)
        .send()
        .await
        .unwrap_err();
    let raw = head.raw_response().unwrap();
    assert_eq!(raw.status().as_u16(), 301);
    assert_eq!(raw.headers().get("x-amz-bucket-region"), Some("us-west-2"));
    let list = s3_here.list_objects_v2().bucket(elsewhere).send().await;
    assert_eq!(refusal(list).0, "PermanentRedirect");
    let location = s3_here
        .get_bucket_location()
        .bucket(elsewhere)
        .send()
        .await
        .unwrap();
    assert_eq!(
        location.location_constraint(),
        Some(&BucketLocationConstraint::UsWest2)
    );
    let head = s3_here.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert_eq!(head.bucket_region(), Some("eu-west-1"));
    let keys = sandbox.keys();
    let own = credentials(&keys.access_key_id, &keys.secret_access_key, None);
    let there = config_of(&sandbox.endpoint(), own.clone(), "us-west-2");
    s3(&there)
        .head_bucket()
        .bucket(elsewhere)
        .send()
        .await
        .unwrap();

    let unsaid = s3_here.create_bucket().bucket("new-bucket").send().await;
    assert_eq!(refusal(unsaid).0, "IllegalLocationConstraintException");
    let place = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::EuWest1)
        .build();
    let create = s3_here
        .create_bucket()
        .bucket("new-bucket")
        .create_bucket_configuration(place);
    create.clone().send().await.unwrap();
    assert_eq!(refusal(create.send().await).0, "BucketAlreadyOwnedByYou");
    let virginia = config_of(&sandbox.endpoint(), own, "us-east-1");
    s3(&virginia)
        .create_bucket()
        .bucket("old-bucket")
        .send()
        .await
        .unwrap();
    let location = s3(&virginia)
        .get_bucket_location()
        .bucket("old-bucket")
        .send()
        .await
        .unwrap();
    let constraint = location
        .location_constraint()
        .map(BucketLocationConstraint::as_str);
    assert!(
        matches!(constraint, None | Some("")),
        "us-east-1 is told by nothing: {constraint:?}"
    );
    s3_here
        .delete_bucket()
        .bucket("new-bucket")
        .send()
        .await
        .unwrap();
    let gone = s3_here
        .get_bucket_location()
        .bucket("new-bucket")
        .send()
        .await;
    assert_eq!(refusal(gone).0, "NoSuchBucket");
}

#[tokio::test]
async fn what_is_set_on_a_bucket_is_told() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let kms = "overseed-kms-000000000000";
    let told = s3.get_bucket_encryption().bucket(kms).send().await.unwrap();
    let rules = told.server_side_encryption_configuration.unwrap().rules;
    let by_default = rules[0]
        .apply_server_side_encryption_by_default
        .as_ref()
        .unwrap();
    assert_eq!(by_default.sse_algorithm(), &ServerSideEncryption::AwsKms);
    let put = s3
        .put_object()
        .bucket(kms)
        .key("k")
        .body(ByteStream::from_static(b"x"));
    let put = put.send().await.unwrap();
    assert_eq!(
        put.server_side_encryption(),
        Some(&ServerSideEncryption::AwsKms)
    );
    assert!(put.ssekms_key_id().is_some());
    let block = s3
        .get_public_access_block()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    let block = block.public_access_block_configuration.unwrap();
    assert_eq!(block.block_public_policy(), Some(true));

    let read = || s3.get_bucket_policy().bucket(BUCKET).send();
    assert_eq!(refusal(read().await).0, "NoSuchBucketPolicy");
    let put = |text: String| s3.put_bucket_policy().bucket(BUCKET).policy(text).send();
    let policy = |principal: &str, bucket: &str| {
        format!(
            r#"{{ "Version":"2012-10-17", "Statement":[{{"Sid":"someone else's","Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{bucket}/*"}}]}}"#
        )
    };
    let dana = r#"{"AWS":"arn:aws:iam::000000000000:user/dana"}"#;
    put(policy(dana, BUCKET)).await.unwrap();
    let kept = read().await.unwrap().policy.unwrap();
    assert_eq!(kept, policy(dana, BUCKET), "byte by byte");
    assert_eq!(
        refusal(put(policy(dana, "other")).await).0,
        "MalformedPolicy"
    );
    let ghost = r#"{"AWS":"arn:aws:iam::000000000000:role/ghost"}"#;
    let refused = refusal(put(policy(ghost, BUCKET)).await);
    assert_eq!(
        refused,
        (
            "MalformedPolicy".into(),
            "Invalid principal in policy".into()
        )
    );
    assert_eq!(
        refusal(put(policy("\"*\"", BUCKET)).await).0,
        "AccessDenied"
    );
    s3.delete_bucket_policy()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(read().await).0, "NoSuchBucketPolicy");
}

#[tokio::test]
async fn a_presigned_address_works_without_keys() {
    let (sandbox, _) = start();
    let s3 = s3(&admin(&sandbox));
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .body(ByteStream::from_static(b"hello"));
    put.send().await.unwrap();
    let hour =
        aws_sdk_s3::presigning::PresigningConfig::expires_in(std::time::Duration::from_secs(3600));
    let address = s3
        .get_object()
        .bucket(BUCKET)
        .key("k")
        .presigned(hour.unwrap())
        .await
        .unwrap();
    let answer = crate::fault::plain_get(address.uri());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("hello"));
    let forged = address.uri().replace("/k?", "/l?");
    assert!(crate::fault::plain_get(&forged).starts_with("HTTP/1.1 403"));
    let unsigned = format!("{}/{BUCKET}/k", sandbox.endpoint());
    assert!(crate::fault::plain_get(&unsigned).contains("AccessDenied"));
    let old = format!("{unsigned}?AWSAccessKeyId=AKIA&Signature=x&Expires=1");
    assert!(crate::fault::plain_get(&old).contains("Please use AWS4-HMAC-SHA256"));
}
