using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Linux;
using Loxi.Samples.ReplicatedTable;

if (Arguments.Read(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

try
{
    using var certificate = SyncCertificate.LoadOrCreate(arguments.Directory);
    Console.WriteLine($"pin of node {arguments.Node}: {certificate.Pin}");
    if (arguments.Settings.Peers.IsEmpty)
    {
        return 0;
    }

    var table = new WordTable(arguments.Node, TimeProvider.System.GetUtcNow());
    var options = new SyncSpeakerOptions { Engine = new SyncSettings { NodeId = arguments.Node, MaxEntries = 100_000 }, Certificate = certificate, StateDirectory = arguments.Directory };
    await using var speaker = new SyncSpeaker<Word, Word>(options, new WordSchema(), table);
    using var told = speaker.Subscribe(static e => Console.WriteLine($"{e.Kind} node {e.Peer} {e.Channel} {e.Remote} {e.Text}"));
    await speaker.ApplyAsync(arguments.Settings);

    while (Console.ReadLine() is { } line)
    {
        switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["set", var name, var text] when Word.TryParse(name, out var key) && Word.TryParse(text, out var value):
                table.Set(key, value);
                break;
            case ["del", var name] when Word.TryParse(name, out var key):
                Console.WriteLine(table.Remove(key) ? "deleted" : "there is none");
                break;
            case ["list"]:
                table.ToList().ForEach(static e => Console.WriteLine($"{e.Key} = {e.Value}"));
                break;
            case ["status"]:
                var status = await speaker.ReadStatusAsync();
                Console.WriteLine($"ready {status.IsReady}, {status.Counters.Entries} entries");
                foreach (var peer in status.Peers)
                {
                    Console.WriteLine($"node {peer.Engine.Id}: live {peer.Engine.IsLive}, bulk {peer.Engine.IsBulk}, backlog {peer.Engine.Backlog}, lag {peer.Engine.LastLag.TotalMilliseconds} ms");
                }

                break;
            case []:
                break;
            default:
                Console.WriteLine($"expected: set KEY VALUE | del KEY | list | status; keys and values of at most {Word.Length} bytes");
                break;
        }
    }

    return 0;
}
catch (Exception e) when (e is SyncCertificateException or InvalidSyncSettingsException or LinuxException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
