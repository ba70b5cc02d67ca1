using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Session;

namespace Loxi.Cli.Pairing;

/// <summary>A node that is paired, as it was read last.</summary>
/// <param name="Session">The way to it.</param>
/// <param name="Status">Its roles and whom it hears.</param>
/// <param name="Keys">How it authenticates.</param>
internal sealed record PairedNode(NodeSession Session, HaStatus Status, HaKeys Keys)
{
    public int Number => Status.Node;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"node {Number} ({Session.Address})");

    /// <summary>Whether its HELLOs are authenticated.</summary>
    public bool Sends => Keys.Mode is "permissive" or "enforce";

    /// <summary>The key that its HELLOs are authenticated with; null for none.</summary>
    public HaKey? SendingKey => Sends ? (Keys.Keys ?? []).FirstOrDefault(k => k.Id == Keys.Send) : null;

    public string Standing => $"{Name}: {Keys.Mode}, {(SendingKey is { } key ? $"sends with key {Text(key.Id)}" : "sends without a key")}, accepts keys {((Keys.Keys ?? []).Count == 0 ? "none" : string.Join(", ", Keys.Keys!.Select(static k => Text(k.Id))))}";

    public bool Has(HaKey key) => (Keys.Keys ?? []).Contains(key);

    /// <summary>Nodes by their numbers.</summary>
    public static string Numbers(IEnumerable<PairedNode> nodes) => "nodes " + string.Join(", ", nodes.Select(static n => Text(n.Number)));

    public static async Task<PairedNode> ReadAsync(NodeSession session, CancellationToken cancellationToken) =>
        new(session, await session.Client.GetHaAsync(cancellationToken), await session.Client.GetHaKeysAsync(cancellationToken));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
