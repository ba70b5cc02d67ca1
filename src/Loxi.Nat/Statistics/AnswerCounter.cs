using Loxi.Nat.Refusals;

namespace Loxi.Nat.Statistics;

/// <summary>How many answers of one kind the node gave to packets that it refused, since the process started.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Sent">Answers that were sent.</param>
/// <param name="Suppressed">Answers that were not, because source or node had had enough of them.</param>
public readonly record struct AnswerCounter(RefusalKind Kind, long Sent, long Suppressed);
