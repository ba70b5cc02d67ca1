using Loxi.Ha.Sync.Speaker;

namespace Loxi.Samples.ReplicatedTable;

/// <summary>What is typed.</summary>
internal static class Commands
{
    /// <summary>Does what lines of standard input say, until its end.</summary>
    public static async Task RunAsync(WordTable table, ISyncSpeaker speaker)
    {
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
                    await ShowAsync(speaker);
                    break;
                case []:
                    break;
                default:
                    Console.WriteLine($"expected: set KEY VALUE | del KEY | list | status; keys and values of at most {Word.Length} bytes");
                    break;
            }
        }
    }

    private static async Task ShowAsync(ISyncSpeaker speaker)
    {
        var status = await speaker.ReadStatusAsync();
        Console.WriteLine($"ready {status.IsReady}, {status.Counters.Entries} entries");
        foreach (var peer in status.Peers)
        {
            Console.WriteLine($"node {peer.Engine.Id}: live {peer.Engine.IsLive}, bulk {peer.Engine.IsBulk}, missing {peer.Engine.Missing}, lag {peer.Engine.LastLag.TotalMilliseconds} ms {peer.LastRefusal?.Text}");
        }
    }
}
