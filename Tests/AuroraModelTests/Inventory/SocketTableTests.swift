import AuroraModel
import Testing

struct SocketTableTests {
    private let text = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 7350 1 0000000000000000 100 0 0 10 0
           1: 0100007F:1F41 0100007F:C1B2 01 00000000:00000000 00:00000000 00000000    33        0 7351 1 0000000000000000 20 4 30 10 -1
        """

    @Test func findsListeningSocketsOnly() {
        #expect(SocketTable.listening(in: text) == [ListeningSocket(.tcp, address: "127.0.0.1", port: 8001, uid: 33, inode: 7350)])
    }

    @Test(arguments: [
        ("00000000000000000000000001000000", "::1"), ("00000000000000000000000000000000", "::"),
        ("0000000000000000FFFF00000100007F", "::ffff:127.0.0.1"), ("B80D012000000000000000000A000000", "2001:db8::a"),
    ])
    func readsAddressesOfSixteenBytes(hex: String, address: String) {
        let line = "   0: \(hex):1F43 00000000000000000000000000000000:0000 0A 0:0 00:0 0  1000        0 9 1 0 100 0 0 10 0"
        #expect(SocketTable.listening(in: line) == [ListeningSocket(.tcp, address: address, port: 8003, uid: 1000, inode: 9)])
    }

    /// A datagram socket never listens; one that talks to a single partner is somebody's client.
    @Test func datagramSocketsCountUnlessTheyAreTiedToOnePartner() {
        let udp = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
            1154: 00000000:CA6C 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22188 2 0000000000000000 0
            2201: 020200C0:D431 010200C0:0035 01 00000000:00000000 00:00000000 00000000   101        0 31007 2 0000000000000000 0
            """
        #expect(
            SocketTable.listening(.udp, in: udp) == [ListeningSocket(.udp, address: "0.0.0.0", port: 51_820, uid: 0, inode: 22_188)])
        #expect(SocketTable.listening(.tcp, in: udp).isEmpty)
    }

    @Test(
        arguments: [
            "", "\n\n", "sl", "0: : : 0A", "0: 0100007F:ZZZZ x 0A a b c 1 d 2", "0: 0100007F:FFFFF x 0A a b c 1 d 2",
            "0: 0100007F:1F41 x 0A a b c -1 d 2", "0: 0100007F1F41 x 0A a b c 1 d 2", "0: a:1F41 x 0A a b c 1 d 99999999999999999999",
            "0: 0100007G:1F41 x 0A a b c 1 d 2", "0: 0100007F01:1F41 x 0A a b c 1 d 2", "0: é00007F:1F41 x 0A a b c 1 d 2",
        ])
    func skipsWhatMakesNoSense(text: String) {
        #expect(SocketTable.listening(in: text).isEmpty)
    }
}
