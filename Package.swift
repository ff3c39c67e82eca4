// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "mailmove",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "mailmove", targets: ["mailmove"]),
    .library(name: "SyncEngine", targets: ["SyncEngine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),

    .target(name: "MailWire", dependencies: ["COpenSSL"], swiftSettings: strict),
    .target(
      name: "MailTransport", dependencies: ["MailWire", "COpenSSL", "CZlib"],
      swiftSettings: strict),
    .target(name: "SyncEngine", dependencies: ["MailWire"], swiftSettings: strict),
    .target(
      name: "SQLiteRows", dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "SQLiteJournal",
      dependencies: [
        "SyncEngine", "MailWire", "SQLiteRows", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "MailArchive",
      dependencies: [
        "MailWire", "SQLiteRows", "COpenSSL", "CZlib", "CDeflate",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "MailEndpoints",
      dependencies: ["MailArchive", "MailTransport", "SyncEngine", "MailWire"],
      swiftSettings: strict),
    .target(
      name: "MailJobs",
      dependencies: [
        "MailArchive", "MailEndpoints", "SyncEngine", "SQLiteJournal", "MailTransport", "MailWire",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(
      name: "MailCommands",
      dependencies: [
        "MailJobs", "MailArchive", "MailEndpoints", "SyncEngine", "SQLiteJournal",
        "MailTransport", "MailWire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "mailmove", dependencies: ["MailCommands"], swiftSettings: strict),

    .target(
      name: "MailTestKit",
      dependencies: ["MailWire", "MailTransport", "SyncEngine", "COpenSSL"],
      path: "Tests/MailTestKit", swiftSettings: strict),
    .executableTarget(
      name: "mailmove-lab", dependencies: ["MailTestKit"], path: "Tests/Lab",
      swiftSettings: strict),
    .executableTarget(
      name: "mailmove-bench",
      dependencies: ["MailWire", "SyncEngine", "SQLiteJournal", "MailTestKit"],
      path: "Benchmarks/Micro", swiftSettings: strict),
    .testTarget(
      name: "MailWireTests", dependencies: ["MailWire", "MailTestKit"],
      resources: [.copy("Transcripts"), .copy("POP3Transcripts")], swiftSettings: strict),
    .testTarget(
      name: "MailTransportTests",
      dependencies: ["MailTransport", "MailWire", "COpenSSL", "MailTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "SyncEngineTests", dependencies: ["SyncEngine", "MailTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "SQLiteJournalTests", dependencies: ["SQLiteJournal", "MailTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "MailArchiveTests",
      dependencies: ["MailArchive", "MailEndpoints", "SyncEngine", "MailWire", "MailTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "MailEndpointsTests", dependencies: ["MailEndpoints", "MailTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "ContractTests",
      dependencies: [
        "SyncEngine", "SQLiteJournal", "MailArchive", "MailEndpoints", "MailTestKit",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["MailCommands", "MailJobs", "MailTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "MailArchive", "MailEndpoints", "SQLiteJournal", "MailTestKit",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HostileTests",
      dependencies: [
        "MailCommands", "MailJobs", "MailTransport", "MailWire", "SyncEngine", "MailTestKit",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "MailJobs", "MailArchive", "MailEndpoints", "SQLiteJournal", "SyncEngine", "MailWire",
        "MailTestKit",
      ],
      swiftSettings: strict),
    .testTarget(name: "TidyTests", dependencies: ["MailTestKit"], swiftSettings: strict),
  ]
)
