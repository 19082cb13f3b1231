"""What a source calls a sport, in our words: one table for Strava's API and its export, whose words may be in another language."""

from __future__ import annotations

OTHER = "other"

# Our sport: what sources call it, letters and digits alone, lower case.
_WORDS = {
    "run": (
        "run virtualrun trailrun treadmill treadmillrun running lauf laufen virtuellerlauf traillauf course courseàpied footing "
        "carrera corsa corrida hardlopen hardloopsessie löpning løb løpetur bieg juoksu забег бег ランニング 跑步"
        " indoorrunning"
    ),
    "ride": (
        "ride virtualride mountainbikeride gravelride ebikeride emountainbikeride handcycle velomobile cycling biking bike "
        "radfahrt radfahren fahrt virtuellefahrt virtuelleradfahrt mountainbikefahrt gravelfahrt ebikefahrt sortieàvélo vélo "
        "sortievirtuelle ciclismo bicicleta pedalada giro giroinbici rit fietsrit cykling cykeltur sykkeltur заезд велозаезд "
        "ライド 骑行"
        " ebiking indoorcycling"
    ),
    "swim": (
        "swim swimming openwaterswim poolswim schwimmen natation natación nuoto natação zwemmen simning svømning svømming pływanie "
        "плавание スイム 游泳"
        " lapswimming openwater"
    ),
    "walk": (
        "walk walking spaziergang gehen marche caminata camminata caminhada wandeling promenad gåtur spacer прогулка 步行 "
        "ウォーキング"
        " indoorwalking"
    ),
    "hike": (
        "hike hiking wanderung wandern randonnée senderismo escursione trilha hiken vandring wędrówka поход ハイク 远足 "
        "mountaineering"
    ),
    "strength": (
        "traditionalstrengthtraining functionalstrengthtraining coretraining "
        "weighttraining strengthtraining strength krafttraining gewichtstraining musculation entrenamientoconpesas "
        "allenamentoconipesi treinamentocompesos krachttraining styrketräning силовая"
    ),
    "crossfit": "crossfit",
    "workout": (
        "crosstraining mixedcardio workout training hiit highintensityintervaltraining circuittraining entraînement "
        "entrenamiento allenamento treino "
        "тренировка"
        " cardiotraining"
    ),
    "yoga": "yoga",
    "pilates": "pilates",
    "elliptical": "elliptical crosstrainer ellipsentrainer",
    "stairs": "stairstepper stairclimb stairclimbing stairs",
    "row": "rowing virtualrow rudern aviron remo canottaggio roeien indoorrowing",
    "paddle": "kayaking canoeing standuppaddling paddling rafting standuppaddleboarding",
    "ski": (
        "alpineski backcountryski nordicski rollerski skitouring langlauf skifahren alpineskiing crosscountryskiing indoorskiing"
    ),
    "snowboard": "snowboard snowboarding",
    "snowshoe": "snowshoe snowshoeing",
    "skate": "iceskate inlineskate skateboard inlineskating iceskating",
    "climb": "rockclimbing climbing bouldering klettern escalade indoorclimbing",
    "surf": "surfing kitesurf windsurf windsurfing kitesurfing wakesurfing",
    "sail": "sail sailing",
    "golf": "golf",
    "soccer": "soccer football fussball fußball",
    "tennis": "tennis",
    "racket": "badminton pickleball racquetball squash tabletennis padel",
    "dance": "dance dancing",
    "wheelchair": "wheelchair wheelchairpushwalk wheelchairpushrun",
}
_SPORT = {word: sport for sport, words in _WORDS.items() for word in words.split()}


def sport_of(sport_type: str) -> str:
    """Our sport for a source's word (`Virtual Ride` and `VirtualRide` are one word); "other" for one that nobody listed."""
    return _SPORT.get("".join(each for each in sport_type.casefold() if each.isalnum()), OTHER)
