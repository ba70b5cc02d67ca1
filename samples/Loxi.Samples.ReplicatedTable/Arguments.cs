using System.Net;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;

namespace Loxi.Samples.ReplicatedTable;

/// <summary>The command line.</summary>
internal sealed record Arguments(string Directory, byte Node, SyncSpeakerSettings Settings)
{
    public const string Usage = """
        usage: replicatedtable DIRECTORY NODE LISTEN [PEER...]
          DIRECTORY  where the certificate of this node is kept
          NODE       number of this node, 0 to 255; the lower one of two connects
          LISTEN     address and port to listen on, e.g. 0.0.0.0:22112
          PEER       NUMBER@ADDRESS:PORT=PIN, e.g. 1@192.0.2.2:22112=5f..; without any the pin of this node is printed
        """;

    public static Arguments? Read(string[] args)
    {
        if (args.Length < 3 || !byte.TryParse(args[1], out var node) || !IPEndPoint.TryParse(args[2], out var listen))
        {
            return null;
        }

        var peers = new List<SyncPeerSettings>();
        foreach (var text in args[3..])
        {
            var (at, equals) = (text.IndexOf('@', StringComparison.Ordinal), text.LastIndexOf('='));
            if (at < 0 || equals < at || !byte.TryParse(text[..at], out var number)
                || !IPEndPoint.TryParse(text[(at + 1)..equals], out var address) || !CertificatePin.TryParse(text[(equals + 1)..], out var pin))
            {
                Console.Error.WriteLine($"{text}: expected NUMBER@ADDRESS:PORT=PIN");
                return null;
            }

            peers.Add(new SyncPeerSettings(number) { Pins = [pin], Addresses = [address] });
        }

        return new(args[0], node, new SyncSpeakerSettings { Peers = [.. peers], Listen = [listen] });
    }
}
