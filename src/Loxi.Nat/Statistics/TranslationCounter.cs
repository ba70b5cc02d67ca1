using Loxi.Nat.Translation;

namespace Loxi.Nat.Statistics;

/// <summary>How many packets that the programs left to user space to be translated between the address families met one outcome, since the process started.</summary>
/// <param name="Status">What became of them.</param>
/// <param name="Packets">How many; those that were sent are <see cref="TranslationStatus.Translated"/>.</param>
public readonly record struct TranslationCounter(TranslationStatus Status, long Packets);
